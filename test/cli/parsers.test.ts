import t from 'tap'
import { httpPlaces } from '../../lib/cli/http-places.js'
import { cidrs, count, healthPlace, interfaceName, metricsPlace, udpSpan } from '../../lib/cli/parsers.js'
import { cidrText } from '../../lib/model/cidr.js'

t.test("a UDP timeout of 0 s is the default, as it is in kube-proxy's files", async t => {
  t.strictSame(['30s', '0s', '0'].map(udpSpan), [30_000, 120_000, 120_000])
})

t.test('a list of ranges may have blanks and empty parts, but no nonsense', async t => {
  t.strictSame(cidrs('10.0.0.0/8, fd00::/8,').map(cidrText), ['10.0.0.0/8', 'fd00::/8'])
  t.strictSame(cidrs(''), [])
  t.throws(() => cidrs('10.0.0.0/8,elsewhere'), { message: /written like 10\.0\.0\.0\/8, not "elsewhere"/ })
})

t.test("an interface's name is one that Linux takes, and never more than one argument of a rule", async t => {
  t.strictSame(['cni0', 'br-5d3c', 'eth0.100'].map(interfaceName), ['cni0', 'br-5d3c', 'eth0.100'])
  for (const name of ['', 'cni0 -j ACCEPT', '-j', 'cali+', 'a/b', 'sixteen-letters-', '"'])
    t.throws(() => interfaceName(name), { message: /no name of a network interface/ }, name)
})

t.test('health is told where kube-proxy would be asked for it', async t => {
  const everywhere = { port: 10256 }
  for (const text of ['0.0.0.0:10256', '[::]:10256', '0.0.0.0', '::', '[::]'])
    t.strictSame(healthPlace(text), everywhere, text)
  t.strictSame(healthPlace('192.0.2.1:80'), { address: '192.0.2.1', port: 80 })
  t.strictSame(healthPlace('[FD00:0::1]:81'), { address: 'fd00::1', port: 81 })
  t.strictSame(healthPlace('127.0.0.1'), { address: '127.0.0.1', port: 10256 })
  for (const text of ['', '0.0.0.0:0', '[::1]:0']) t.equal(healthPlace(text), 'nowhere', text)
  for (const text of [':10256', 'localhost:10256', '10256', '192.0.2.1:', '192.0.2.1:x', '192.0.2.1:65536'])
    t.throws(() => healthPlace(text), { code: 'commander.invalidArgument' }, text)
})

t.test('metrics are where kube-proxy has them, only for this machine unless asked otherwise', async t => {
  t.strictSame(metricsPlace('0.0.0.0'), { port: 10249 })
  t.equal(metricsPlace(''), 'nowhere')
  t.throws(() => metricsPlace('localhost'), {
    message: '"localhost" is not written like 127.0.0.1:10249 or [::1]:10249.',
  })
  const usual = { health: { port: 10256 }, metrics: { port: 10249, address: '127.0.0.1' } }
  t.strictSame(httpPlaces({ capture: 'redirect', metricsServices: 1000 }), usual)
})

t.test(
  'where nothing is captured nobody answers, unless that is asked for: there may be another instance',
  async t => {
    const none = { capture: 'none', metricsServices: 1000 } as const
    t.strictSame(httpPlaces(none), { health: undefined, metrics: undefined })
    t.strictSame(httpPlaces({ ...none, metricsBindAddress: metricsPlace('[::1]') }), {
      health: undefined,
      metrics: { port: 10249, address: '::1' },
    })
  },
)

t.test('a count is a whole number', async t => {
  t.strictSame(['0', '1000'].map(count), [0, 1000])
  for (const text of ['', '-1', '1.5', '1e3', '12345678'])
    t.throws(() => count(text), { code: 'commander.invalidArgument' }, text)
})
