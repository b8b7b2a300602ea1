import t from 'tap'
import { type Known, serviceStatuses } from '../../lib/control/service-statuses.js'
import type { PortStatus } from '../../lib/control/status.js'
import type { ClusterService } from '../../lib/model/cluster-service.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { PortView } from '../../lib/proxy/port-view.js'
import { servicePort } from '../proxy/stage.js'

const live: Known['live'] = { connections: () => 5, flows: () => 0, failures: () => [] }

const inCluster = (name: string, change: Partial<ClusterService> = {}): ClusterService => ({
  ...{ namespace: 'shop', name, type: 'ClusterIP', labels: {}, servicePorts: new Map(), reasons: [] },
  ...change,
})

const view = (name: string, endpoints: number, change: Partial<PortView> = {}): PortView => ({
  servicePort: servicePort(name, endpoints),
  localPort: port(14_000),
  picker: {
    ...{ clients: 0, onlyClient: undefined, failing: [] },
    outlook: () => ({ pin: undefined, next: undefined, avoided: [] }),
  },
  isInForce: () => true,
  ...change,
})

const statuses = (change: Partial<Known>) => [
  ...serviceStatuses({ services: [], ports: [], failures: new Map(), live, ...change }),
]

const stateOf = ({ programmed, healthy, unprogrammed, unhealthy }: PortStatus): readonly unknown[] => [
  ...[programmed, healthy],
  ...[...unprogrammed, ...unhealthy],
]

/** The one port of the one Service, as it is served. */
const state = (seen: PortView, change: Partial<Known> = {}): readonly unknown[] =>
  statuses({ ports: [seen], ...change }).flatMap(({ ports }) => ports.flatMap(stateOf))

t.test(
  'every Service has its status, proxied or not, and what the cluster has not told of yet as well',
  async t => {
    const { id } = servicePort('cart', 2)
    const all = statuses({
      services: [
        inCluster('cart', { servicePorts: new Map([[id, 3]]) }),
        inCluster('db', { reasons: ['headless: no portal'] }),
      ],
      ports: [view('cart', 2), view('left', 1)],
    })
    t.strictSame(
      all.map(({ name, reasons, ports }) => [name, reasons, ports.map(each => [each.id, each.endpoints])]),
      [
        ['cart', [], [[id, { ready: 2, all: 3, some: ['10.244.0.1:8080', '10.244.0.2:8080'], failing: [] }]]],
        ['db', ['headless: no portal'], []],
        ['left', [], [['shop/left/TCP', { ready: 1, all: 1, some: ['10.244.0.1:8080'], failing: [] }]]],
      ],
    )
  },
)

t.test('programmed and healthy are two things, each with its reason', async t => {
  t.strictSame(state(view('cart', 1)), [true, true])
  t.strictSame(state(view('cart', 0)), [true, false, 'no endpoints: clients are refused'])
  const local = { ...servicePort('cart', 0), othersServe: true }
  const dropped = 'no endpoint on this node, which its policy Local asks for: clients are dropped'
  t.strictSame(state(view('cart', 0, { servicePort: local })), [true, false, dropped])
  t.strictSame(state(view('cart', 1, { isInForce: () => false })), [
    ...[false, true],
    '10.96.0.10:80: it waits for the next sync',
  ])
  const locked = { failures: new Map([['IPv4', 'iptables is locked']] as const) }
  t.strictSame(state(view('cart', 1, { isInForce: () => false }), locked), [
    ...[false, true],
    '10.96.0.10:80: iptables is locked',
  ])
  const taken = { live: { ...live, failures: () => ['*:30080: EADDRINUSE'] } }
  t.strictSame(state(view('cart', 1), taken), [false, true, '*:30080: EADDRINUSE'])
  t.strictSame(state(view('cart', 1, { localPort: undefined })), [
    ...[false, false],
    'it is new, and waits for the next sync',
  ])
})

t.test('a Service none of whose endpoints answers is not healthy; while one does, it is', async t => {
  const failing = (count: number): PortView =>
    view('cart', 2, {
      picker: {
        ...{ clients: 0, onlyClient: undefined },
        failing: servicePort('cart', count).endpoints,
        outlook: () => ({ pin: undefined, next: undefined, avoided: [] }),
      },
    })
  t.strictSame(state(failing(1)), [true, true])
  t.strictSame(state(failing(2)), [true, false, 'no endpoint answers'])
})

t.test('of 10,000 endpoints, a status names a few', async t => {
  const address = ipAddress('10.244.0.1')
  const many = Array.from({ length: 10_000 }, (_, at) => ({ address, port: port(at + 1) }))
  const [status] = statuses({
    ports: [view('cart', 0, { servicePort: { ...servicePort('cart', 0), endpoints: many } })],
  })
  t.match(status?.ports[0]?.endpoints, { ready: 10_000, all: 10_000 })
  t.equal(status?.ports[0]?.endpoints.some.length, 20)
})
