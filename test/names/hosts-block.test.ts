import fc from 'fast-check'
import t from 'tap'
import { hostsBlock, withBlock, withoutBlock } from '../../lib/names/hosts-block.js'

const cart = '10.96.31.4  cart.shop.svc.cluster.local cart.shop.svc'
const bank = 'fd00::5  bank.shop.svc.cluster.local bank.shop.svc'
const usual = '127.0.0.1\tlocalhost\n# The following lines are for IPv6\n::1  localhost ip6-localhost\n'

t.test('a block says what it is, and can be appended as it is', async t => {
  t.equal(
    hostsBlock([cart]),
    [
      '# BEGIN kube-portal',
      '# Services of a cluster, at their cluster IPs: they work where kube-portal captures those.',
      "# From BEGIN to END is kube-portal's to change, and to take out.",
      cart,
      '# END kube-portal',
      '',
    ].join('\n'),
  )
  t.equal(withBlock(usual, [cart]), usual + hostsBlock([cart]))
})

t.test('what others wrote after the block stays after it', async t => {
  const written = `${usual}${hostsBlock([cart])}192.0.2.1 nas\n`
  t.equal(withBlock(written, [bank]), `${usual}${hostsBlock([bank])}192.0.2.1 nas\n`)
  t.equal(withoutBlock(written), `${usual}192.0.2.1 nas\n`)
})

t.test('of two blocks one is left', async t => {
  const written = `${hostsBlock([cart])}${usual}${hostsBlock([bank])}192.0.2.1 nas\n`
  t.equal(withBlock(written, [bank]), `${hostsBlock([bank])}${usual}192.0.2.1 nas\n`)
})

t.test('a block that was not written to its end is taken out, wherever it was cut', async t => {
  const whole = hostsBlock([cart, bank])
  for (let size = '# BEGIN kube-portal'.length; size < whole.length; size += 1)
    t.equal(withoutBlock(usual + whole.slice(0, size)), usual, whole.slice(size - 9, size))
})

t.test('of a block whose end is missing only what looks like ours is taken out', async t => {
  const half = hostsBlock([cart]).replace('# END kube-portal\n', '')
  t.equal(withoutBlock(`${half}${usual}`), usual)
  t.equal(withoutBlock(`${half}${hostsBlock([bank])}${usual}`), usual)
  t.equal(withoutBlock(`${half}10.0.0.1 printer`), '10.0.0.1 printer')
  t.equal(withoutBlock(`# END kube-portal\n${usual}`), usual)
})

t.test('a last line without an end has none afterwards', async t => {
  const open = '127.0.0.1 localhost'
  const written = withBlock(open, [cart])
  t.equal(
    written,
    `${open}\n${hostsBlock([cart]).replace('portal\n', 'portal (the line before had no end)\n')}`,
  )
  t.equal(withoutBlock(written), open)
  t.equal(
    withoutBlock(`${written}192.0.2.1 nas\n`),
    `${open}\n192.0.2.1 nas\n`,
    'but when others have written on',
  )
})

t.test(
  'lines that end as on Windows do so afterwards, and somebody may have changed ours to that',
  async t => {
    const written = '127.0.0.1 localhost\r\n::1 localhost\r\n'
    t.equal(withBlock(written, [cart]), written + hostsBlock([cart]))
    t.equal(withoutBlock(written + hostsBlock([cart]).replaceAll('\n', '\r\n')), written)
  },
)

const line = fc.oneof(
  fc.constantFrom(cart, bank, '127.0.0.1 localhost', '', '# a comment', '# BEGIN', '10.9  x'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const file = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n'))
  .map(([lines, between, last]) => lines.join(between) + last)
const blocks = fc.array(fc.constantFrom(cart, bank))

t.test('whatever is in the file, all that is not ours comes through', async () => {
  fc.assert(
    fc.property(file, blocks, blocks, (text, some, others) => {
      const written = withBlock(text, some)
      return (
        withoutBlock(text) === text &&
        withoutBlock(written) === text &&
        withBlock(written, others) === withBlock(text, others) &&
        withBlock(written, some) === written
      )
    }),
    { numRuns: 2000 },
  )
})
