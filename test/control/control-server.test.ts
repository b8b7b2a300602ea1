import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import t from 'tap'
import { controlFiles } from '../../lib/cli/control-files.js'
import type { CaptureChoice } from '../../lib/cli/options/node.js'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { ask } from '../../lib/control/client.js'
import { ControlServer } from '../../lib/control/control-server.js'
import { Tracers } from '../../lib/control/tracers.js'
import type { ServiceStatus } from '../../lib/control/status.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import type { TraceStep } from '../../lib/model/trace-step.js'
import { instance, service, servedPort } from './statuses.js'

/** Sockets have short paths. */
const shortFolder = (): string => {
  const folder = mkdtempSync(`${tmpdir()}/kube-portal-`)
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

const stepOf = (name: string): TraceStep => ({
  ...{ type: 'accepted', connection: 7, client: ipAddress('10.244.0.7'), clientPort: port(40_000) },
  servicePort: servicePortId({ namespace: 'shop', service: name, port: 'http', protocol: 'TCP' }),
})

interface World {
  services: readonly ServiceStatus[]
  version: number
}

const started = (path: string, process = 1, capture: CaptureChoice = 'redirect') => {
  const world: World = { services: [service('cart', [servedPort()])], version: 0 }
  const events: ProxyEvent[] = []
  const tracers = new Tracers(() => new Date('2026-01-01T10:00:00Z'))
  const server = new ControlServer({
    ...{ path, process, tracers, clock },
    answers: {
      instance: () => instance,
      services: () => world.services,
      version: () => world.version,
      choice: id =>
        id === 'shop/cart:http/TCP'
          ? { policy: 'Cluster', clients: 0, avoided: [], endpoints: [] }
          : undefined,
    },
    files: controlFiles(path, capture),
    report: event => void events.push(event),
  })
  return { world, events, tracers, server }
}

const all = async (lines: AsyncIterable<unknown>): Promise<readonly unknown[]> => {
  const found = []
  for await (const line of lines) found.push(line)
  return found
}

t.test('only its owner may ask, in a folder that is made for it', async t => {
  const path = `${shortFolder()}/made/control.sock`
  const { server, events, world } = started(path)
  await server.open()
  t.strictSame(events, [{ type: 'control-socket', path }])
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.equal(statSync(dirname(path)).mode & 0o777, 0o700)
  t.strictSame(await all(ask('/status', { path })), [instance, ...world.services, { kind: 'whole' }])
  await server.close('stopped')
  await server.close('stopped')
  t.notOk(existsSync(path), 'and it is gone at the end')
})

t.test('a folder that others may write to is not used, and that is said', async t => {
  const folder = shortFolder()
  chmodSync(folder, 0o777)
  const { server, events } = started(`${folder}/control.sock`)
  await server.open()
  t.strictSame(events, [
    { type: 'control-failed', path: `${folder}/control.sock`, reason: `other users may write to ${folder}` },
  ])
  await server.close('stopped')
})

t.test('a path that is too long for a socket is said, and leaves nothing behind', async t => {
  const folder = shortFolder()
  const { server, events } = started(`${folder}/${'long/'.repeat(20)}control.sock`)
  await server.open()
  t.match(events, [{ type: 'control-failed', reason: /too long for a socket: 107 bytes/ }])
  t.strictSame(readdirSync(folder), [])
  await server.close('stopped')
})

t.test('what a crash left is replaced', async t => {
  const path = `${shortFolder()}/control.sock`
  writeFileSync(path, '')
  writeFileSync(`${path}.1`, '')
  const { server } = started(path)
  await server.open()
  t.equal((await all(ask('/status', { path }))).length, 3)
  await server.close('stopped')
})

t.test('a process that hands over leaves the socket of its successor where it is', async t => {
  const path = `${shortFolder()}/control.sock`
  const [before, after] = [started(path), started(path, 2)]
  await before.server.open()
  await after.server.open()
  after.world.services = []
  await before.server.close('handed over')
  t.strictSame(await all(ask('/status', { path })), [instance, { kind: 'whole' }])
  const late = started(path, 3)
  await late.server.open()
  await after.server.close('stopped')
  t.ok(existsSync(path), 'nor does one that stops take away what is not its own')
  await late.server.close('stopped')
})

t.test(
  'an instance that captures nothing leaves the socket to one that answers, and not to one that is gone',
  async t => {
    const path = `${shortFolder()}/control.sock`
    const [first, other] = [started(path), started(path, 2, 'none')]
    await first.server.open()
    await other.server.open()
    t.match(other.events, [{ type: 'control-failed', reason: 'another kube-portal answers there' }])
    await first.server.close('handed over')
    await other.server.close('stopped')
    t.ok(existsSync(path), 'what is left behind is not its own')
    const later = started(path, 3, 'none')
    await later.server.open()
    t.match(later.events, [{ type: 'control-socket' }])
    await later.server.close('stopped')
  },
)

t.test('who watches is told of what changes, and only of that', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server, world } = started(path)
  await server.open()
  const lines = ask('/status?watch=true', { path })
  const whole = async (): Promise<readonly unknown[]> => {
    const found = []
    for (;;) {
      const { value } = await lines.next()
      found.push(value)
      if (JSON.stringify(value) === '{"kind":"whole"}') return found
    }
  }
  t.equal((await whole()).length, 3)
  const busy = service('cart', [servedPort({ connections: 99 })])
  const added = service('web', [servedPort()])
  world.services = [busy, added]
  world.version += 1
  t.strictSame(await whole(), [instance, added, { kind: 'whole' }], 'not of clients that come and go')
  world.services = [added]
  world.version += 1
  const gone = { kind: 'gone', namespace: 'shop', name: 'cart' }
  t.strictSame(await whole(), [instance, gone, { kind: 'whole' }])
  await server.close('stopped')
  t.ok((await lines.next()).done, 'until it ends')
})

t.test('nothing is traced while nobody asks; who does gets steps of the Services asked for', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server, tracers } = started(path)
  await server.open()
  t.notOk(tracers.isOn)
  const lines = ask('/trace?service=shop/cart', { path })
  t.strictSame((await lines.next()).value, { kind: 'begun' })
  t.ok(tracers.isOn)
  for (const name of ['cart', 'cart-2', 'cart']) tracers.note(stepOf(name))
  t.match((await lines.next()).value, { id: '#7', servicePort: 'shop/cart:http/TCP', step: 'accepted' })
  t.match((await lines.next()).value, { servicePort: 'shop/cart:http/TCP' })
  await server.close('handed over')
  t.strictSame((await lines.next()).value, { kind: 'ended', how: 'handed over' })
  t.ok((await lines.next()).done)
  t.notOk(tracers.isOn)
})

t.test('who leaves a trace costs nothing any more', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server, tracers } = started(path)
  await server.open()
  const stop = new AbortController()
  const lines = ask('/trace', { path, signal: stop.signal })
  await lines.next()
  stop.abort()
  t.ok((await lines.next()).done)
  while (tracers.isOn) await new Promise(setImmediate)
  t.equal(tracers.count, 0)
  await server.close('stopped')
})

t.test(
  'a reader of a trace who does not read bounds our memory, and is told how much was left out',
  async t => {
    const path = `${shortFolder()}/control.sock`
    const { server, tracers } = started(path)
    await server.open()
    const reader = request({ socketPath: path, path: '/trace' })
    reader.end()
    const answer = await new Promise<IncomingMessage>(resolve => reader.once('response', resolve))
    const before = process.memoryUsage().heapUsed
    const steps = 100_000
    for (let step = 0; step < steps; step += 1) tracers.note(stepOf('cart'))
    t.ok(process.memoryUsage().heapUsed - before < 40_000_000)
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (piece: string) => (text += piece))
    while (!text.includes('left-out')) await once(answer, 'data')
    const { length: sent } = text.match(/"kind":"step"/g) ?? []
    const [, count] = /"left-out","count":(\d+)/.exec(text) ?? []
    t.ok(sent > 100 && sent < 20_000, `${sent} steps came`)
    t.ok(Number(count) > 80_000, `${count ?? 'none'} were left out`)
    reader.destroy()
    await server.close('stopped')
  },
)

t.test('who would serve is told of service ports that there are', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server } = started(path)
  await server.open()
  t.equal((await all(ask('/choice?servicePort=shop/cart:http/TCP', { path }))).length, 1)
  t.equal((await all(ask('/choice?servicePort=shop/none/TCP', { path }))).length, 0)
  await server.close('stopped')
})

t.test('more than a few who stay keep nobody from closing, and a flood is turned away', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server } = started(path)
  await server.open()
  const many = Array.from({ length: 40 }, () => ask('/trace', { path }))
  const begun = await Promise.allSettled(many.map(lines => lines.next()))
  t.equal(begun.filter(({ status }) => status === 'fulfilled').length, 16)
  await server.close('stopped')
  t.notOk(existsSync(path))
})

t.test('who asks for what is no path is told so, and nobody is harmed', async t => {
  const path = `${shortFolder()}/control.sock`
  const { server } = started(path)
  await server.open()
  const asking = request({ socketPath: path, path: '//' })
  asking.end()
  const answer = await new Promise<IncomingMessage>(resolve => asking.once('response', resolve))
  t.equal(answer.statusCode, 404)
  answer.resume()
  t.equal((await all(ask('/choice?servicePort=shop/cart:http/TCP', { path }))).length, 1)
  await server.close('stopped')
})

t.test('where nobody answers, it is said how to start; where we may not ask, who may', async t => {
  const path = `${shortFolder()}/control.sock`
  await t.rejects(all(ask('/status', { path })), {
    code: 'not-running',
    message: `no kube-portal answers at ${path}`,
    cure: /^start it: sudo kube-portal run/,
  })
  const { server } = started(path)
  await server.open()
  await t.rejects(all(ask('/nothing', { path })), { code: 'failed', message: /of another version/ })
  await server.close('stopped')
})
