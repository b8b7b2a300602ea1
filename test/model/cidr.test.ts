import fc from 'fast-check'
import t from 'tap'
import { cidr, cidrAround, cidrHas, cidrOf, cidrText, intersection } from '../../lib/model/cidr.js'
import { ipAddress } from '../../lib/model/ip-address.js'

const read = (text: string): string => cidrText(cidr(text))

t.test('a range is read, and what follows its prefix is left out', t => {
  t.equal(read('10.244.0.0/16'), '10.244.0.0/16')
  t.equal(read(' 10.244.3.7/16 '), '10.244.0.0/16')
  t.equal(read('10.255.255.255/12'), '10.240.0.0/12')
  t.equal(read('192.0.2.7/0'), '0.0.0.0/0')
  t.equal(read('192.0.2.7/32'), '192.0.2.7/32')
  t.equal(read('FD00:77:0:0::1/20'), 'fd00::/20')
  t.equal(read('fd00:77::1/128'), 'fd00:77::1/128')
  t.equal(read('::/0'), '::/0')
  t.end()
})

t.test('what is no range is refused', t => {
  for (const text of [
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0/8',
    'fd00::/129',
    'a/8',
    '10.0.0.0/-1',
    '1.2.3.4/8/8',
  ])
    t.throws(() => cidr(text), RangeError, text)
  t.end()
})

t.test('a range has the addresses that begin as it does, of its own family', t => {
  const has = (range: string, address: string): boolean => cidrHas(cidr(range), ipAddress(address))
  t.equal(has('10.244.0.0/16', '10.244.255.255'), true)
  t.equal(has('10.244.0.0/16', '10.245.0.0'), false)
  t.equal(has('0.0.0.0/0', '255.255.255.255'), true)
  t.equal(has('0.0.0.0/0', '::1'), false)
  t.equal(has('::/0', '10.0.0.1'), false)
  t.equal(has('fd00:77::/32', 'fd00:77:1::1'), true)
  t.equal(has('fd00:77::/32', 'fd00:78::1'), false)
  t.end()
})

t.test('two ranges share the smaller one, or nothing', t => {
  const both = (one: string, other: string): string | undefined => {
    const shared = intersection(cidr(one), cidr(other))
    return shared && cidrText(shared)
  }
  t.equal(both('10.0.0.0/8', '10.244.0.0/16'), '10.244.0.0/16')
  t.equal(both('10.244.0.0/16', '10.0.0.0/8'), '10.244.0.0/16')
  t.equal(both('10.0.0.0/8', '11.0.0.0/8'), undefined)
  t.equal(both('0.0.0.0/0', '::/0'), undefined)
  t.end()
})

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6()).map(ipAddress)

t.test('whatever the prefix, a range has the address it was made around', t => {
  fc.assert(
    fc.property(anyAddress, fc.nat(128), (address, bits) => {
      const most = cidrOf(address).bits
      return cidrHas(cidrAround(address, Math.min(bits, most)), address)
    }),
  )
  t.end()
})
