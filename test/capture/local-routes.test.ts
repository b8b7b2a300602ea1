import { createServer } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { nothingWanted } from '../../lib/capture/capture.js'
import { cleanup } from '../../lib/capture/cleanup.js'
import { LocalRoutes } from '../../lib/capture/local-routes.js'
import { NoCapture } from '../../lib/capture/no-capture.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { inNamespace } from '../namespace.js'
import { heard } from './ask.js'
import { run, runAll } from './commands.js'
import { addIpv6, addOutside, buildNode, inPod } from './node-and-pod.js'
import { whole } from './whole.js'
import { served, wanted } from './wanted.js'

const families = ['IPv4', 'IPv6'] as const
const four = served({ address: '10.96.0.10', localPort: 14_000 })
const six = served({ address: 'fd00:96::10', localPort: 14_000 })
const nodePort = served({ nodePort: 30_080, localPort: 14_000 })
const addresses = ['10.96.0.10', 'fd00:96::10'].map(ipAddress)

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
    const capture = whole(new LocalRoutes({ host: machine, families }))
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
    const capture = whole(new LocalRoutes({ host: machine, families }))
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
    const capture = whole(new LocalRoutes({ host: machine, families: ['IPv4'] }))
    const own = served({ kind: 'external-ip', address: '198.51.100.1', localPort: 14_000 })
    await capture.prepare({ guarded: [], addresses: ['198.51.100.1', '10.97.0.1'].map(ipAddress) })
    await capture.apply(wanted(own, served({ address: '10.97.0.1', localPort: 14_001 })))
    t.equal(routes(), before)
    t.strictSame(await capture.remove(), [])
    t.equal(routes(), before)
  })

  t.test('thousands of addresses are made our own, and are no more', async t => {
    const before = routes()
    const capture = whole(new LocalRoutes({ host: machine, families }))
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
    await whole(new LocalRoutes({ host: machine, families })).apply(wanted(four, six))
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
    await t.rejects(whole(new LocalRoutes({ host, families })).apply(wanted(four)), { code: 'missing' })
    const answer = { code: 2, stdout: '', stderr: 'RTNETLINK answers: Operation not permitted\n' }
    const refusing: Host = { ...machine, run: () => Promise.resolve(answer) }
    await t.rejects(whole(new LocalRoutes({ host: refusing, families })).apply(wanted(four)), {
      code: 'failed',
      message: /Operation not permitted/,
      cure: /CAP_NET_ADMIN/,
    })
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
