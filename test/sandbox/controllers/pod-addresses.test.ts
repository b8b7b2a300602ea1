import t from 'tap'
import { PodAddresses } from '../../../lib/sandbox/controllers/pod-addresses.js'

t.test('each pod of a Node gets the next address, after that of the bridge', t => {
  const addresses = new PodAddresses()
  t.equal(addresses.take('10.244.0.0/24'), '10.244.0.2')
  t.equal(addresses.take('10.244.0.0/24'), '10.244.0.3')
  t.equal(addresses.take('10.244.1.0/24'), '10.244.1.2')
  t.end()
})

t.test('an address that was given back is the last to be given out again', t => {
  const addresses = new PodAddresses()
  const first = addresses.take('10.244.0.0/24')
  addresses.release(first)
  const others = Array.from({ length: 252 }, () => addresses.take('10.244.0.0/24'))
  t.notOk(others.includes(first))
  t.equal(new Set(others).size, 252)
  t.equal(others.at(-1), '10.244.0.254')
  t.equal(addresses.take('10.244.0.0/24'), first)
  t.throws(() => addresses.take('10.244.0.0/24'), new RangeError('all addresses of 10.244.0.0/24 are taken'))
  t.end()
})

t.test('a podCIDR that is no /24 is refused', t => {
  t.throws(() => new PodAddresses().take(''), RangeError)
  t.throws(() => new PodAddresses().take('10.244.0.0/16'), RangeError)
  t.end()
})
