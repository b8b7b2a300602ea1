import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { type ServicePort, servicePortId } from '../../lib/model/service-port.js'
import { servicePort, stage } from './stage.js'

t.test('a listener is opened before its rule is written', async t => {
  const { sync } = stage()
  t.strictSame(await sync(), ['prepare [14000]', 'open 14000', 'rules [cart serve 14000] guard [14000]'])
})

t.test('a listener is closed after its rule is gone, and guarded until then', async t => {
  const { sync } = stage()
  await sync()
  t.strictSame(await sync({ servicePorts: [] }), ['rules [] guard [14000]', 'close 14000'])
  t.strictSame(await sync(), ['rules [] guard []'])
})

t.test('a Service that loses its endpoints keeps its listener, and is refused', async t => {
  const { sync } = stage()
  await sync()
  t.strictSame(await sync({ servicePorts: [servicePort('cart', 0)] }), [
    'rules [cart refuse 14000] guard [14000]',
  ])
})

t.test('when rules cannot be written nothing is closed, and it is tried again', async t => {
  const { sync, events, notes, clock } = stage()
  await sync()
  t.strictSame(await sync({ servicePorts: [], rulesFail: true }), ['rules [] guard [14000]'])
  t.match(events.at(-1), { type: 'sync-failed', reason: 'locked', retryIn: 1000 })
  await clock.pass(1000)
  t.strictSame(notes, ['rules [] guard [14000]'])
})

t.test(
  'a service port that cannot be listened on is reported, harms no other, and is tried again',
  async t => {
    const { sync, events } = stage()
    const both = [servicePort('cart', 1), servicePort('web', 1)]
    t.strictSame(await sync({ servicePorts: both, deaf: 'shop/cart/TCP' }), [
      'prepare [14000, 14001]',
      'open 14001',
      'rules [web serve 14001] guard [14001]',
    ])
    t.match(
      events.find(({ type }) => type === 'listen-failed'),
      { servicePort: 'shop/cart/TCP', reason: 'no descriptors left' },
    )
    t.strictSame(await sync({ deaf: '' }), [
      'prepare [14000]',
      'open 14000',
      'rules [cart serve 14000, web serve 14001] guard [14000, 14001]',
    ])
  },
)

t.test('local ports are saved when others are given away or given back, and only then', async t => {
  const { sync, saved } = stage()
  await sync()
  t.strictSame(saved(), [14_000])
  await sync({ servicePorts: [servicePort('cart', 2)] })
  t.strictSame(saved(), [])
  await sync({ servicePorts: [servicePort('cart', 2), servicePort('web', 1)] })
  t.strictSame(saved(), [14_000, 14_001])
})

t.test('a stop takes rules out first, then closes listeners, and the guard last', async t => {
  const { proxy, sync, notes } = stage()
  await sync()
  await proxy.stop({ drainTimeout: seconds(0), hurry: new AbortController().signal })
  t.strictSame(notes, ['source closed', 'rules [] guard [14000]', 'close 14000', 'all rules out'])
})

t.test('a stop whose first rules fail says so, and still ends', async t => {
  const { proxy, sync, events, notes } = stage()
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
  const { sync } = stage()
  await sync()
  await sync({ servicePorts: [] })
  const many = Array.from({ length: 100 }, (_, index) => servicePort(`s${index}`, 1))
  t.equal((await sync({ servicePorts: many })).filter(note => note.startsWith('open')).length, 100)
})

t.test(
  'a change of this machine is followed at once, but not before the source has seen everything',
  async t => {
    const { proxy, sync, notes, clock } = stage()
    proxy.resync()
    await clock.pass(1000)
    t.strictSame(notes, [])
    await sync()
    proxy.resync()
    await clock.pass(1)
    t.strictSame(notes, ['rules [cart serve 14000] guard [14000]'])
  },
)

const inFamily = (family: 'IPv4' | 'IPv6', service = 'cart'): ServicePort => {
  const ordinary = servicePort(service, 1)
  return { ...ordinary, family, id: servicePortId(ordinary.name, { family, policy: 'Cluster' }) }
}

t.test('where one family fails, the other is served, and the failure said once', async t => {
  const { sync, events } = stage()
  const both = [inFamily('IPv4'), inFamily('IPv6')]
  t.strictSame(await sync({ servicePorts: both, brokenFamilies: ['IPv6'] }), [
    'prepare [14000, 14001]',
    'open 14000',
    'rules [cart serve 14000] guard [14000] but in IPv6',
  ])
  await sync()
  t.strictSame(
    events.filter(({ type }) => type === 'family-failed' || type === 'sync-failed'),
    [{ type: 'family-failed', family: 'IPv6', reason: 'locked' }],
  )
  t.match(await sync({ brokenFamilies: [] }), ['prepare [14001]', 'open 14001'])
})

t.test('while a new listener cannot be made ready for, clients are still led to the old one', async t => {
  const { sync } = stage()
  await sync({ servicePorts: [inFamily('IPv4'), inFamily('IPv6')] })
  const renamed = [inFamily('IPv4'), inFamily('IPv6', 'web')]
  t.strictSame(await sync({ servicePorts: renamed, brokenFamilies: ['IPv6'] }), [
    'prepare [14002]',
    'rules [cart serve 14000] guard [14000, 14001] but in IPv6',
  ])
  t.strictSame(await sync({ brokenFamilies: [] }), [
    'prepare [14002]',
    'open 14002',
    'rules [cart serve 14000, web serve 14002] guard [14000, 14001, 14002]',
    'close 14001',
  ])
})

t.test('a listener of a family that fails stays open: rules may still lead to it', async t => {
  const { sync } = stage()
  await sync({ servicePorts: [inFamily('IPv4'), inFamily('IPv6')] })
  const rest = [inFamily('IPv4')]
  t.strictSame(await sync({ servicePorts: rest, brokenFamilies: ['IPv6'] }), [
    'rules [cart serve 14000] guard [14000, 14001]',
  ])
  t.strictSame(await sync({ servicePorts: [...rest, inFamily('IPv4', 'web')] }), [
    'prepare [14002]',
    'open 14002',
    'rules [cart serve 14000, web serve 14002] guard [14000, 14001, 14002]',
  ])
  t.match(await sync({ servicePorts: rest, brokenFamilies: [] }), [
    /^rules/,
    /^close 1400[12]/,
    /^close 1400[12]/,
  ])
})

t.test(
  'a listener that lacks an address is told again with each sync, another one only when something changed',
  async t => {
    const { sync, updates } = stage()
    await sync({ lacking: 'shop/cart/TCP', servicePorts: [servicePort('cart', 1), servicePort('web', 1)] })
    updates()
    await sync()
    t.strictSame(updates(), ['shop/cart/TCP'])
  },
)

t.test(
  'node ports that are nowhere are said once for each family, and again when they are nowhere again',
  async t => {
    const { sync, events } = stage()
    const nodePort: ServicePort = {
      ...servicePort('cart', 1),
      portals: [{ kind: 'node-port', port: port(30_080), clients: 'everybody' }],
    }
    const said = () => events.filter(({ type }) => type === 'node-ports-nowhere').length
    await sync({ servicePorts: [nodePort], nodePorts: [] })
    await sync()
    t.equal(said(), 1)
    await sync({ nodePorts: [ipAddress('172.18.0.2')] })
    await sync({ nodePorts: [ipAddress('fd00::1')] })
    t.equal(said(), 2)
  },
)
