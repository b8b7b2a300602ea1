import t from 'tap'
import { PodAddresses } from '../../../lib/sandbox/controllers/pod-addresses.js'

t.test('each pod of a Node gets the next address, after that of the bridge', t => {
  const addresses = new PodAddresses()
  t.strictSame(addresses.take(['10.244.0.0/24']), ['10.244.0.2'])
  t.strictSame(addresses.take(['10.244.0.0/24']), ['10.244.0.3'])
  t.strictSame(addresses.take(['10.244.1.0/24']), ['10.244.1.2'])
  t.end()
})

t.test('a pod of two families has the same number in both', t => {
  const addresses = new PodAddresses()
  const both = ['10.244.0.0/24', 'fd00:10:244::/64']
  t.strictSame(addresses.take(both), ['10.244.0.2', 'fd00:10:244::2'])
  for (let number = 3; number < 16; number++) addresses.take(both)
  t.strictSame(addresses.take(both), ['10.244.0.16', 'fd00:10:244::10'])
  t.end()
})

t.test('an address that was given back is the last to be given out again', t => {
  const addresses = new PodAddresses()
  const first = addresses.take(['10.244.0.0/24'])
  addresses.release(first)
  const others = Array.from({ length: 252 }, () => addresses.take(['10.244.0.0/24']).join())
  t.notOk(others.includes(first.join()))
  t.equal(new Set(others).size, 252)
  t.equal(others.at(-1), '10.244.0.254')
  t.strictSame(addresses.take(['10.244.0.0/24']), first)
  t.throws(
    () => addresses.take(['10.244.0.0/24']),
    new RangeError('all addresses of 10.244.0.0/24 are taken'),
  )
  t.end()
})

t.test('a podCIDR that is no /24 and no /64 is refused', t => {
  t.throws(() => new PodAddresses().take(['']), RangeError)
  t.throws(() => new PodAddresses().take(['10.244.0.0/16']), RangeError)
  t.throws(() => new PodAddresses().take(['fd00:10:244::/48']), RangeError)
  t.end()
})
