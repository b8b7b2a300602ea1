import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import { nothingWanted } from '../../lib/capture/capture.js'
import { cleanup } from '../../lib/capture/cleanup.js'
import { LocalRoutes } from '../../lib/capture/local-routes.js'
import { NoCapture } from '../../lib/capture/no-capture.js'
import type { Host } from '../../lib/host/host.js'
import { connectedAddresses } from '../../lib/host/connected-addresses.js'
import { machine } from '../../lib/host/machine.js'
import { type Family, ipAddress } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, runAll } from './commands.js'
import { addIpv6, addOutside, buildNode, inPod } from './node-and-pod.js'
import { served, wanted } from './wanted.js'
import { whole, type WholeCapture } from './whole.js'

const families = ['IPv4', 'IPv6'] as const
const four = served({ address: '10.96.0.10', localPort: 14_000 })
const six = served({ address: 'fd00:96::10', localPort: 14_000 })
const nodePort = served({ nodePort: 30_080, localPort: 14_000 })
const addresses = ['10.96.0.10', 'fd00:96::10'].map(ipAddress)

const connected = () => connectedAddresses(machine)
type Routes = WholeCapture & Pick<LocalRoutes, 'look' | 'whyNot' | 'isLent'>
const wholeRoutes = (routes: LocalRoutes): Routes => ({
  ...whole(routes),
  look: () => routes.look(),
  whyNot: address => routes.whyNot(address),
  isLent: address => routes.isLent(address),
})
const report = (): undefined => undefined
const routesFor = (which: readonly Family[]): Routes =>
  wholeRoutes(new LocalRoutes({ host: machine, families: which, connected, report }))

// Without link-local addresses, which come when they come.
const routes = (): string =>
  (
    run('ip', 'route', 'show', 'table', 'local') + run('ip', '-6', 'route', 'show', 'table', 'local')
  ).replaceAll(/^.* fe80:.*\n/gm, '')

await inNamespace(import.meta.url, () => {
  buildNode()
  addOutside()
  addIpv6()

  t.test("a portal's address can be listened on as soon as it is prepared for", async t => {
    const before = routes()
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    await capture.prepare({ guarded: [], addresses })
    for (const host of addresses) {
      const server = createServer(socket => socket.end('hello')).listen(80, host)
      await once(server, 'listening')
      t.teardown(() => server.close())
    }
    t.equal(await heard(inPod, 'tcp 10.96.0.10 80', 'tcp fd00:96::10 80'), 'hello hello')
    t.strictSame(await capture.apply(wanted(four, six, nodePort)), [], 'all is as wanted')
    t.strictSame(await capture.remove(), ['IPv4 route to 10.96.0.10 on lo', 'IPv6 address fd00:96::10 on lo'])
    t.equal(routes(), before)
    t.strictSame(await capture.remove(), [])
  })

  t.test('routes that are wanted no more go, and those that somebody removed come back', async t => {
    const before = routes()
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    t.strictSame(await capture.apply(wanted(four, six)), ['IPv4', 'IPv6'])
    const both = routes()
    run('ip', 'address', 'delete', 'fd00:96::10', 'dev', 'lo')
    t.strictSame(await capture.apply(wanted(four, six)), ['IPv6'])
    t.equal(routes(), both)
    t.strictSame(await capture.apply(wanted(six)), ['IPv4'])
    t.notMatch(routes(), '10.96.0.10')
    t.strictSame(await capture.apply(nothingWanted), ['IPv6'])
    t.equal(routes(), before)
  })

  t.test("an address that is this machine's own, and routes of others, are left alone", async t => {
    runAll('ip route add local 10.97.0.1 dev lo proto 99')
    const before = routes()
    const capture = routesFor(['IPv4'])
    const own = served({ kind: 'external-ip', address: '198.51.100.1', localPort: 14_000 })
    await capture.prepare({ guarded: [], addresses: ['198.51.100.1', '10.97.0.1'].map(ipAddress) })
    await capture.apply(wanted(own, served({ address: '10.97.0.1', localPort: 14_001 })))
    t.equal(routes(), before)
    t.strictSame(await capture.remove(), [])
    t.equal(routes(), before)
  })

  t.test('a broadcast address is refused, and does not harm the others', async t => {
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    const broadcast = ipAddress('203.0.113.255')
    const anycast = ipAddress('2001:db8:2::')
    runAll('ip address add 203.0.113.2/24 broadcast + dev out0')
    t.teardown(() => runAll('ip address delete 203.0.113.2/24 dev out0'))
    const before = routes()
    await capture.look()
    t.equal(capture.whyNot(broadcast), "203.0.113.255 is this machine's network's broadcast address")
    t.equal(capture.whyNot(anycast), "2001:db8:2:: is this machine's network's anycast address")
    t.equal(capture.whyNot(ipAddress('203.0.113.2')), undefined)
    t.equal(capture.whyNot(ipAddress('10.96.0.10')), undefined)
    const external = { kind: 'external-ip', localPort: 14_000 } as const
    const portals = [
      served({ ...external, address: broadcast }),
      served({ ...external, address: anycast }),
      four,
      six,
    ]
    t.strictSame(await capture.apply(wanted(...portals)), families)
    t.strictSame(await capture.apply(wanted(...portals)), [])
    t.match(routes(), 'local 10.96.0.10')
    t.match(routes(), 'local fd00:96::10')
    await capture.remove()
    t.equal(routes(), before)
  })

  t.test('what the kernel refuses of many addresses is left out, and the rest added', async t => {
    const capture = routesFor(['IPv4'])
    t.teardown(() => capture.remove())
    await capture.look()
    // Another program is quicker than we are.
    const late: Host = {
      ...machine,
      run: async (program, args, options) => {
        if (args.includes('-batch'))
          run('ip', 'route', 'add', 'broadcast', '10.96.0.9', 'dev', 'lo', 'table', 'local')
        return machine.run(program, args, options)
      },
    }
    const overtaken = wholeRoutes(new LocalRoutes({ host: late, families: ['IPv4'], connected, report }))
    t.teardown(() => runAll('ip route delete broadcast 10.96.0.9 dev lo table local'))
    await overtaken.prepare({
      guarded: [],
      addresses: ['10.96.0.8', '10.96.0.9', '10.96.0.10'].map(ipAddress),
    })
    t.match(routes(), 'local 10.96.0.8')
    t.match(routes(), 'local 10.96.0.10')
    t.notMatch(routes(), 'local 10.96.0.9')
  })

  t.test('an address stays while there are connections to it, wanted or not', async t => {
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    await capture.apply(wanted(four, six))
    const clients = []
    for (const host of addresses) {
      const server = createServer(socket => socket.pipe(socket)).listen(80, host)
      await once(server, 'listening')
      const client = connect({ host, port: 80 })
      await Promise.all([once(server, 'connection'), once(client, 'connect')])
      server.close()
      clients.push(client)
    }
    t.strictSame(await capture.apply(nothingWanted), [])
    for (const client of clients) {
      client.write('still there')
      t.strictSame(await once(client, 'data'), [Buffer.from('still there')])
      client.end()
      await once(client, 'close')
    }
    t.strictSame(await capture.apply(nothingWanted), families)
    t.notMatch(routes(), /10\.96\.0\.10|fd00:96::10/)
  })

  t.test('a portal whose clients are to be told apart takes no address', async t => {
    const before = routes()
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    const balanced = { kind: 'load-balancer', address: '203.0.113.1', localPort: 14_000 } as const
    await capture.apply(
      wanted(
        served({ ...balanced, sources: ['192.0.2.0/24'] }),
        served({ ...balanced, clients: 'insiders' }),
      ),
    )
    t.equal(routes(), before)
    await capture.apply(wanted(served(balanced)))
    t.match(routes(), 'local 203.0.113.1')
  })

  t.test('a route goes though its address became an interface’s own meanwhile', async t => {
    const capture = routesFor(['IPv4'])
    t.teardown(() => capture.remove())
    await capture.apply(wanted(four))
    runAll('ip address add 10.96.0.10/32 dev out0')
    t.teardown(() => runAll('ip address delete 10.96.0.10/32 dev out0'))
    t.match(routes(), / proto 142\b/)
    t.strictSame(await capture.apply(nothingWanted), ['IPv4'])
    t.notMatch(routes(), / proto 142\b/)
    t.match(routes(), 'local 10.96.0.10 dev out0')
  })

  t.test(
    'an IPv6 address that is on lo because of us is known as lent, until an interface has it',
    async t => {
      const address = ipAddress('fd00:96::10')
      await routesFor(families).apply(wanted(six))
      const capture = routesFor(families)
      t.teardown(() => capture.remove())
      await capture.look()
      t.equal(capture.isLent(address), true, 'though from an earlier run')
      t.equal(capture.isLent(ipAddress('::1')), false)
      await capture.apply(nothingWanted)
      t.equal(capture.isLent(address), true, 'others may still take it for our own')
      runAll('ip -6 address add fd00:96::10/128 dev out0 nodad')
      t.teardown(() => runAll('ip -6 address delete fd00:96::10/128 dev out0'))
      await capture.apply(nothingWanted)
      t.equal(capture.isLent(address), false)
    },
  )

  t.test('thousands of addresses are made our own, and are no more', async t => {
    const before = routes()
    const capture = routesFor(families)
    t.teardown(() => capture.remove())
    const many = [
      ...Array.from({ length: 10_000 }, (_, index) => ipAddress(`10.96.${index >> 8}.${index & 255}`)),
      ...Array.from({ length: 1_000 }, (_, index) => ipAddress(`fd00:96::${(index + 1).toString(16)}`)),
    ]
    await capture.prepare({ guarded: [], addresses: many })
    t.equal(routes().match(/^local (?:10\.96|fd00:96)/gm)?.length, 11_000)
    await capture.prepare({ guarded: [], addresses: many })
    t.equal((await capture.remove()).length, 11_000)
    t.equal(routes(), before)
  })

  t.test('what a killed run left is cleaned up, and said', async t => {
    const before = routes()
    await routesFor(families).apply(wanted(four, six))
    t.strictSame(await cleanup({ host: machine, addresses: () => [], report: () => undefined }), [
      'IPv4 route to 10.96.0.10 on lo',
      'IPv6 address fd00:96::10 on lo',
    ])
    t.equal(routes(), before)
  })

  t.test('without the program ip something is missing, and refusals are said', async t => {
    const host: Host = {
      ...machine,
      run: program => Promise.reject(Object.assign(new Error(`spawn ${program} ENOENT`), { code: 'ENOENT' })),
    }
    await t.rejects(wholeRoutes(new LocalRoutes({ host, families, connected, report })).apply(wanted(four)), {
      code: 'missing',
    })
    const stderr = 'RTNETLINK answers: Operation not permitted\nCommand failed -:1\n'
    const answer = { code: 2, stdout: '', stderr }
    const refusing: Host = { ...machine, run: () => Promise.resolve(answer) }
    await t.rejects(
      wholeRoutes(new LocalRoutes({ host: refusing, families, connected, report })).apply(wanted(four)),
      {
        code: 'failed',
        message: /Operation not permitted/,
        cure: /CAP_NET_ADMIN/,
      },
    )
  })

  t.test('no capture changes nothing', async t => {
    const before = routes()
    const capture = new NoCapture()
    await capture.prepare()
    t.strictSame(await capture.apply(), { written: [], failures: [] })
    t.strictSame(await capture.remove(), [])
    t.equal(routes(), before)
  })
})
