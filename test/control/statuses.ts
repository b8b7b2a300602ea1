import type { InstanceStatus, PortStatus, ServiceStatus } from '../../lib/control/status.js'

export const instance: InstanceStatus = {
  kind: 'instance',
  version: '0.1.0',
  process: 812,
  capture: 'redirect',
  node: 'node-1',
  readiness: 'ready',
  uptime: 10_800_000,
  synced: 12_000,
  troubles: [],
}

/** A port that is served by three endpoints. */
export const servedPort = (change: Partial<PortStatus> = {}): PortStatus => ({
  ...{ id: 'shop/cart:http/TCP', port: 'http', protocol: 'TCP', family: 'IPv4', policy: 'Cluster' },
  portals: ['10.96.0.10:80'],
  localPort: 14_003,
  endpoints: {
    ready: 3,
    all: 3,
    some: ['10.244.0.7:8080', '10.244.0.8:8080', '10.244.0.9:8080'],
    failing: [],
  },
  ...{ programmed: true, healthy: true, connections: 12, flows: 0, unprogrammed: [], unhealthy: [] },
  ...change,
})

export const service = (
  name: string,
  ports: readonly PortStatus[],
  change: Partial<ServiceStatus> = {},
): ServiceStatus => ({
  ...{
    kind: 'service',
    namespace: 'shop',
    name,
    type: 'ClusterIP',
    labels: { app: name },
    ports,
    reasons: [],
  },
  ...change,
})

const none = { ready: 0, all: 0, some: [], failing: [] }

/** One of each kind. */
export const services: readonly ServiceStatus[] = [
  service(
    'kube-dns',
    [
      servedPort({
        ...{ id: 'kube-system/kube-dns:dns/UDP', port: 'dns', protocol: 'UDP', portals: ['10.96.0.53:53'] },
        ...{ localPort: 14_000, connections: 0, flows: 4 },
      }),
      servedPort({
        ...{ id: 'kube-system/kube-dns:dns-tcp/TCP', port: 'dns-tcp', portals: ['10.96.0.53:53'] },
        localPort: 14_001,
      }),
    ],
    { namespace: 'kube-system' },
  ),
  service('cart', [servedPort({ affinity: { timeout: 10_800_000, clients: 2 } })]),
  service('db', [], { reasons: ['headless: clients connect to its endpoints themselves'] }),
  service(
    'edge',
    [
      servedPort({
        ...{ id: 'shop/edge/TCP', port: '', portals: ['10.96.0.11:443', '*:30443', '203.0.113.7:443'] },
        ...{ localPort: 14_004, programmed: false },
        unprogrammed: ['*:30443: listen EADDRINUSE: address already in use :::30443'],
      }),
      servedPort({
        ...{ id: 'shop/edge/TCP/IPv6', port: '', family: 'IPv6', portals: ['[fd00:10:96::11]:443'] },
        ...{ localPort: 14_005, healthy: false, endpoints: none },
        unhealthy: ['no endpoints: clients are refused'],
      }),
    ],
    { type: 'NodePort', reasons: ['SCTP is not proxied'] },
  ),
  service('new', [
    servedPort({
      ...{ id: 'shop/new/TCP', port: '', portals: ['10.96.0.12:80'], programmed: false, healthy: false },
      ...{ endpoints: none, unprogrammed: ['it is new, and waits for the next sync'] },
    }),
  ]),
]
