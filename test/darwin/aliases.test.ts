import t from 'tap'
import { nothingWanted } from '../../lib/capture/capture.js'
import { cleanup } from '../../lib/capture/cleanup.js'
import { removeLeftovers } from '../../lib/capture/leftovers.js'
import { interfaceTable } from '../../lib/capture/darwin/interfaces.js'
import { LocalRoutes } from '../../lib/capture/local-routes.js'
import { connectedAddresses } from '../../lib/host/connected-addresses.js'
import type { Host } from '../../lib/host/host.js'
import { onlooker } from '../../lib/host/onlooker.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { type Family, ipAddress } from '../../lib/model/ip-address.js'
import { served, wanted } from '../capture/wanted.js'
import { whole } from '../capture/whole.js'
import { type DarwinHost, darwinHost } from './darwin-host.js'
import { ifconfig, oldIfconfig, refusals } from './recorded.js'

const families = ['IPv4', 'IPv6'] as const
const four = served({ address: '10.96.31.4', localPort: 14_000 })
const six = served({ address: 'fd00::1', localPort: 14_000 })
const other = served({ address: '10.96.31.5', localPort: 14_001 })

/** Nobody is connected to anything. */
const quiet = (): DarwinHost => {
  const mac = darwinHost()
  mac.says.set('netstat -anl -p tcp', {})
  return mac
}

const capturing = (host: Host, report: (event: ProxyEvent) => void = () => undefined): LocalRoutes =>
  new LocalRoutes({ host, families, connected: () => connectedAddresses(host), report })

const cleaned = (host: Host): Promise<readonly string[]> =>
  cleanup({ host, addresses: () => [], report: () => undefined })

const failed = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

t.test("interfaces' addresses are known, those of each family apart, and link-local ones left out", t => {
  const rows = (printed: string, family: Family): readonly string[] =>
    [...interfaceTable(printed, family)].flatMap(([, found]) => found.map(({ text }) => text))
  t.strictSame(rows(ifconfig, 'IPv4'), [
    'local 127.0.0.1 dev lo0',
    'local 192.0.2.23 dev en0',
    'broadcast 192.0.2.255 dev en0',
    'local 198.51.100.1 dev bridge100',
    'broadcast 198.51.100.255 dev bridge100',
    'local 203.0.113.58 dev utun3',
  ])
  t.strictSame(rows(ifconfig, 'IPv6'), ['local ::1 dev lo0', 'local 2001:db8:2::1caa:a604 dev en0'])
  t.strictSame(rows(oldIfconfig, 'IPv4'), [
    'local 127.0.0.1 dev lo0',
    'local 192.0.2.131 dev en0',
    'broadcast 192.0.2.255 dev en0',
  ])
  t.end()
})

t.test("portals' addresses are on lo0 before they are listened on, and gone at the end", async t => {
  const { host, lo0, files, changes } = quiet()
  const capture = capturing(host)
  const addresses = ['10.96.31.4', 'fd00::1'].map(ipAddress)
  t.strictSame(await capture.prepare({ guarded: [], addresses }), [])
  t.strictSame([...lo0].sort(), addresses)
  t.strictSame(await whole(capture).apply(wanted(four, six)), [], 'all is as wanted')
  t.equal(await capture.isIntact(), true)
  t.strictSame(await capture.remove(), ['IPv4 address 10.96.31.4 on lo0', 'IPv6 address fd00::1 on lo0'])
  t.strictSame(changes.sort(), [
    'ifconfig lo0 -alias 10.96.31.4',
    'ifconfig lo0 alias 10.96.31.4/32',
    'ifconfig lo0 inet6 -alias fd00::1',
    'ifconfig lo0 inet6 alias fd00::1/128',
  ])
  t.strictSame([...files], [], 'nor is anything kept of them')
  t.strictSame(await capture.remove(), [])
})

t.test('addresses that are wanted no more go, and what somebody took comes back, and is said', async t => {
  const { host, lo0 } = quiet()
  const events: ProxyEvent[] = []
  const capture = capturing(host, event => events.push(event))
  t.strictSame(await whole(capture).apply(wanted(four, six)), families)
  t.equal(await capture.isIntact(), true)
  lo0.delete('fd00::1')
  t.equal(await capture.isIntact(), false)
  t.strictSame(await whole(capture).apply(wanted(four, six)), ['IPv6'])
  t.strictSame(events, [{ type: 'addresses-repaired', family: 'IPv6', missing: 1 }])
  t.strictSame(await whole(capture).apply(wanted(six, other)), ['IPv4'])
  t.strictSame([...lo0], ['fd00::1', '10.96.31.5'])
})

t.test('an address that lo0 or another interface had before stays whose it is', async t => {
  const { host, lo0, changes } = quiet()
  lo0.add('10.96.31.4')
  const capture = capturing(host)
  const external = served({ kind: 'external-ip', address: '192.0.2.23', localPort: 14_000 })
  await whole(capture).apply(wanted(four, external))
  t.strictSame(await capture.remove(), [])
  t.strictSame(await cleaned(host), [])
  t.strictSame(changes, [])
  t.equal(capture.isLent(ipAddress('192.0.2.23')), false)
})

t.test('a broadcast address cannot be given, and it is known why', async t => {
  const capture = capturing(quiet().host)
  await capture.look()
  const broadcast = ipAddress('192.0.2.255')
  t.equal(capture.whyNot(broadcast), "192.0.2.255 is this machine's network's broadcast address")
  t.equal(capture.whyNot(ipAddress('10.96.31.4')), undefined)
})

t.test('an address stays while there are connections to it', async t => {
  const { host, lo0, says } = darwinHost()
  const capture = capturing(host)
  const portals = ['10.96.0.10', 'fd00:10:96::4730', '10.96.31.4'].map(address =>
    served({ address, localPort: 14_000 }),
  )
  await whole(capture).apply(wanted(...portals))
  await whole(capture).apply(nothingWanted)
  t.strictSame([...lo0].sort(), ['10.96.0.10', 'fd00:10:96::4730'])
  says.set('netstat -anl -p tcp', {})
  await whole(capture).apply(nothingWanted)
  t.strictSame([...lo0], [])
})

t.test('a run that ends while it adds addresses leaves none that nobody knows of', async t => {
  const { host, lo0, files } = quiet()
  lo0.add('10.254.254.254')
  let left = 3
  const dying: Host = {
    ...host,
    run: (program, args, options) =>
      args.includes('alias') && (left -= 1) < 0 ? failed('dead') : host.run(program, args, options),
    // What it would still have done.
    writeFile: (path, text) => (left < 0 ? failed('dead') : host.writeFile(path, text)),
  }
  const addresses = Array.from({ length: 20 }, (_, index) => ipAddress(`10.96.0.${index}`))
  await capturing(dying).prepare({ guarded: [], addresses })
  t.equal(lo0.size, 1 + 3)
  t.equal((await cleaned(onlooker(host))).length, 3, 'a dry run says what would go')
  t.equal(lo0.size, 1 + 3)
  t.equal((await cleaned(host)).length, 3)
  t.strictSame([[...lo0], [...files]], [['10.254.254.254'], []])
  t.strictSame(await cleaned(host), [])
})

t.test('the next run takes on what a killed one left, and knows it as lent', async t => {
  const { host, lo0, changes } = quiet()
  await whole(capturing(host)).apply(wanted(four, other))
  const next = capturing(host)
  await next.look()
  t.equal(next.isLent(ipAddress('10.96.31.4')), true)
  t.strictSame(await next.standing([four, six]), [four])
  changes.length = 0
  t.strictSame(await whole(next).apply(wanted(four)), ['IPv4'])
  t.strictSame(changes, ['ifconfig lo0 -alias 10.96.31.5'])
  const now = { kind: 'addresses' } as const
  const options = { host, now, addresses: () => [], routes: [], report: () => undefined }
  t.strictSame(await removeLeftovers(options), [], 'nothing of it is left over')
  t.strictSame([...lo0], ['10.96.31.4'])
})

t.test('an address that is gone already is no failure to remove it', async t => {
  const { host, lo0, files } = quiet()
  const capture = capturing(host)
  await whole(capture).apply(wanted(four, other))
  const late: Host = {
    ...host,
    run: (program, args, options) => {
      if (args.includes('-alias')) lo0.delete('10.96.31.4')
      return host.run(program, args, options)
    },
  }
  t.equal((await cleaned(late)).length, 2)
  t.strictSame([[...lo0], [...files]], [[], []])
})

t.test('what is refused of many addresses is left out, and is not taken for ours later', async t => {
  const { host, lo0, says } = quiet()
  const taken = 'ifconfig lo0 alias 10.96.31.5/32'
  says.set(taken, { code: 1, stderr: refusals.taken })
  const capture = capturing(host)
  t.strictSame(await whole(capture).apply(wanted(four, other)), ['IPv4'])
  lo0.add('10.96.31.5')
  t.strictSame(await capture.remove(), ['IPv4 address 10.96.31.4 on lo0'])
  t.strictSame([...lo0], ['10.96.31.5'])
})

t.test('an ordinary user is told to be root, and a machine without ifconfig what is missing', async t => {
  const { host, says } = quiet()
  says.set('ifconfig lo0 alias 10.96.31.4/32', { code: 1, stderr: refusals.forbidden })
  await t.rejects(whole(capturing(host)).apply(wanted(four)), {
    code: 'failed',
    message: 'ifconfig lo0 alias 10.96.31.4/32 refused: ifconfig: ioctl (SIOCAIFADDR): permission denied',
    cure: 'run it with sudo',
  })
  const bare: Host = { ...host, run: () => failed('ENOENT') }
  await t.rejects(capturing(bare).look(), { code: 'missing', cure: /\/sbin/ })
})

t.test('of thousands of addresses a few are given at a time', async t => {
  const { host, lo0 } = quiet()
  let [running, most] = [0, 0]
  const counting: Host = {
    ...host,
    run: async (program, args, options) => {
      most = Math.max(most, (running += 1))
      return host.run(program, args, options).finally(() => (running -= 1))
    },
  }
  const addresses = Array.from({ length: 2000 }, (_, index) =>
    ipAddress(`10.96.${index >> 8}.${index & 255}`),
  )
  await capturing(counting).prepare({ guarded: [], addresses })
  t.equal(lo0.size, 2000)
  t.equal(most, 8)
})
