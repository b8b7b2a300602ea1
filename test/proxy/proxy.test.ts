import t, { type Test } from 'tap'
import { ServicePicker } from '../../lib/balancer/service-picker.js'
import type { Wanted } from '../../lib/capture/capture.js'
import { Connections } from '../../lib/dataplane/connections.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { port } from '../../lib/model/port.js'
import { portRange } from '../../lib/model/port-range.js'
import { ordinaryTraffic, type ServicePort, servicePortId } from '../../lib/model/service-port.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'
import { Proxy } from '../../lib/proxy/proxy.js'
import { ServedPorts } from '../../lib/proxy/served-ports.js'
import { StateFile } from '../../lib/proxy/state-file.js'
import { FakeClock } from '../fake-clock.js'

const servicePort = (service: string, endpoints: number): ServicePort => {
  const name = { namespace: 'shop', service, port: '', protocol: 'TCP' } as const
  return {
    ...{ ...ordinaryTraffic, id: servicePortId(name), name, affinity: { kind: 'none' }, terms: {} },
    othersServe: false,
    portals: [{ kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(80) }],
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      address: ipAddress(`10.244.0.${index + 1}`),
      port: port(8080),
    })),
  }
}

const text = ({ portals, guarded }: Wanted): string => {
  const captured = portals.map(each => `${each.servicePort.service} ${each.verdict} ${each.localPort}`)
  return `rules [${captured.join(', ')}] guard [${guarded.map(({ port }) => port).join(', ')}]`
}

/** A proxy whose listeners and rules take notes of what happens to them, in order. */
const stage = (t: Test) => {
  const notes: string[] = []
  const events: ProxyEvent[] = []
  const clock = new FakeClock()
  const world = { ...emptySnapshot, servicePorts: [servicePort('cart', 1)], rulesFail: false, deaf: '' }
  let changed = (): void => undefined
  const localPorts = new LocalPorts(portRange('14000-14099'), new Map())
  const report = (event: ProxyEvent): void => void events.push(event)
  const served = new ServedPorts({
    localPorts,
    listen: ({ servicePort: id, port: local }) => {
      if (id === world.deaf) return Promise.reject(new Error('no descriptors left'))
      notes.push(`open ${local}`)
      return Promise.resolve({
        port: local,
        update: () => undefined,
        close: () => Promise.resolve(void notes.push(`close ${local}`)),
      })
    },
    newPicker: () => new ServicePicker({ clock, random: () => 0 }),
    report,
  })
  const proxy = new Proxy({
    source: {
      start: each => (changed = each),
      snapshot: () => world,
      close: () => Promise.resolve(void notes.push('source closed')),
    },
    capture: {
      prepare: () => Promise.resolve(),
      apply: wanted => {
        notes.push(text(wanted))
        return world.rulesFail ? Promise.reject(new Error('locked')) : Promise.resolve(['IPv4'])
      },
      remove: () => Promise.resolve([String(notes.push('all rules out'))]),
    },
    ...{
      served,
      localPorts,
      connections: new Connections(),
      state: new StateFile(machine, t.testdir()),
      clock,
    },
    ...{ report, syncPeriod: seconds(30), minSyncPeriod: milliseconds(0) },
  })
  proxy.start()
  /** Tells of the world as it is now, and resolves when the sync that follows has ended. */
  const sync = async (change: Partial<typeof world> = {}): Promise<string[]> => {
    Object.assign(world, change)
    const count = (): number =>
      events.filter(({ type }) => type === 'synced' || type === 'sync-failed').length
    const before = count()
    changed()
    while (count() === before) await clock.pass(1)
    return notes.splice(0)
  }
  return { proxy, events, sync, notes, clock }
}

t.test('a listener is opened before its rule is written', async t => {
  const { sync } = stage(t)
  t.strictSame(await sync(), ['open 14000', 'rules [cart serve 14000] guard [14000]'])
})

t.test('a listener is closed after its rule is gone, and guarded until then', async t => {
  const { sync } = stage(t)
  await sync()
  t.strictSame(await sync({ servicePorts: [] }), ['rules [] guard [14000]', 'close 14000'])
  t.strictSame(await sync(), ['rules [] guard []'])
})

t.test('a Service that loses its endpoints keeps its listener, and is refused', async t => {
  const { sync } = stage(t)
  await sync()
  t.strictSame(await sync({ servicePorts: [servicePort('cart', 0)] }), [
    'rules [cart refuse 14000] guard [14000]',
  ])
})

t.test('when rules cannot be written nothing is closed, and it is tried again', async t => {
  const { sync, events, notes, clock } = stage(t)
  await sync()
  t.strictSame(await sync({ servicePorts: [], rulesFail: true }), ['rules [] guard [14000]'])
  t.match(events.at(-1), { type: 'sync-failed', reason: 'locked', retryIn: 1000 })
  await clock.pass(1000)
  t.strictSame(notes, ['rules [] guard [14000]'])
})

t.test(
  'a service port that cannot be listened on is reported, harms no other, and is tried again',
  async t => {
    const { sync, events } = stage(t)
    const both = [servicePort('cart', 1), servicePort('web', 1)]
    t.strictSame(await sync({ servicePorts: both, deaf: 'shop/cart/TCP' }), [
      'open 14001',
      'rules [web serve 14001] guard [14001]',
    ])
    t.match(
      events.find(({ type }) => type === 'listen-failed'),
      { servicePort: 'shop/cart/TCP', reason: 'no descriptors left' },
    )
    t.strictSame(await sync({ deaf: '' }), [
      'open 14000',
      'rules [cart serve 14000, web serve 14001] guard [14000, 14001]',
    ])
  },
)

t.test('a stop takes rules out first, then closes listeners, and the guard last', async t => {
  const { proxy, sync, notes } = stage(t)
  await sync()
  await proxy.stop({ drainTimeout: seconds(0), hurry: new AbortController().signal })
  t.strictSame(notes, ['source closed', 'rules [] guard [14000]', 'close 14000', 'all rules out'])
})

t.test('a stop whose first rules fail says so, and still ends', async t => {
  const { proxy, sync, events, notes } = stage(t)
  await sync()
  await sync({ rulesFail: true })
  await proxy.stop({ drainTimeout: seconds(0), hurry: new AbortController().signal })
  t.match(notes, ['source closed', 'rules [] guard [14000]', 'close 14000', 'all rules out'])
  t.match(
    events.find(({ type }) => type === 'retire-failed'),
    { reason: 'locked' },
  )
})

t.test('local ports of service ports that are no more can be had by others', async t => {
  const { sync } = stage(t)
  await sync()
  await sync({ servicePorts: [] })
  const many = Array.from({ length: 100 }, (_, index) => servicePort(`s${index}`, 1))
  t.equal((await sync({ servicePorts: many })).filter(note => note.startsWith('open')).length, 100)
})

t.test(
  'a change of this machine is followed at once, but not before the source has seen everything',
  async t => {
    const { proxy, sync, notes, clock } = stage(t)
    proxy.resync()
    await clock.pass(1000)
    t.strictSame(notes, [])
    await sync()
    proxy.resync()
    await clock.pass(1)
    t.strictSame(notes, ['rules [cart serve 14000] guard [14000]'])
  },
)
