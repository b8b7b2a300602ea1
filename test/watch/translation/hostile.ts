import fc from 'fast-check'
import { service, slice } from '../api-objects.js'

/** All that may be dialled of what is written here, unless it is somebody's portal. */
export const dialable: readonly string[] = ['10.244.1.7', 'fd00::7', '10.96.0.66', '198.51.100.66']

/** Well-formed more often than not: what is bad all over is refused before anybody looks at the rest of it. */
const mostly = (good: unknown, bad: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: bad })

/** Names that mean something to JavaScript, to iptables, or to whoever joins them with others. */
const names = fc.constantFrom<unknown>(
  ...['__proto__', 'constructor', 'toString', '', ' ', 'cart\n-A INPUT -j DROP', '"; COMMIT\n*nat', 'a\0b'],
  ...['shop/cart', '../cart', '-j', 'ünï', 'x'.repeat(5000), "'$(id)'", 'hostile', 'hostile', 'hostile'],
  ...[0, null, {}, [], true],
)

/** Where nobody may be dialled, some because they are portals. */
const forbidden: readonly string[] = [
  ...['127.0.0.1', '127.8.8.8', '169.254.169.254', '224.0.0.1', '239.1.1.1', '0.0.0.0', '255.255.255.255'],
  ...['::1', '::', 'fe80::1', 'ff02::1', '::ffff:127.0.0.1', '::ffff:169.254.1.1', '::ffff:7f00:1'],
  ...['10.96.0.10', '10.96.0.66', '::ffff:10.96.0.10', '198.51.100.66'],
]

const addresses = fc.constantFrom<unknown>(
  ...forbidden,
  ...[
    '10.244.1.7',
    '10.244.1.7',
    'fd00::7',
    '010.1.1.1',
    '10.1',
    '1.2.3.4/8',
    'fe80::1%lo',
    'localhost',
    '',
    'x\n',
  ],
  ...[1, null, {}, ['10.244.1.7']],
)

/** Not the address of somebody's external IP: only the API server gives cluster IPs away, and they are believed. */
const clusterIps = addresses.filter(address => address !== '198.51.100.66')

const numbers = fc.constantFrom<unknown>(
  ...[
    80,
    8080,
    8080,
    443,
    30_080,
    30_066,
    -1,
    0,
    65_535,
    65_536,
    2 ** 31,
    1.5,
    NaN,
    Infinity,
    '80',
    null,
    {},
  ],
)

const protocols = fc.constantFrom<unknown>('TCP', 'UDP', 'SCTP', 'tcp', '', 7, undefined, '__proto__')

/** A list, mostly; of what is wanted, mostly. */
const listOf = (element: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(fc.oneof({ weight: 6, arbitrary: element }, fc.jsonValue()), { maxLength: 5 }),
    },
    fc.jsonValue({ maxDepth: 1 }),
  )

const ports = listOf(fc.record({ name: names, port: numbers, nodePort: numbers, protocol: protocols }))

const labels = fc.oneof(
  fc.constant({ 'kubernetes.io/service-name': 'hostile' }),
  fc.record({ 'kubernetes.io/service-name': names, ['__proto__']: names }),
  fc.jsonValue({ maxDepth: 1 }),
)

const younger = fc.constantFrom<unknown>('2026-06-01T00:00:00Z', '', '!', '0', 'NaN', null, 0, {})

const badServices = fc
  .record({
    name: mostly('hostile', names),
    namespace: mostly('evil', fc.constantFrom<unknown>('shop', 'a/b', '', 3)),
    labels: mostly({}, labels),
    created: younger,
    ip: mostly('10.96.0.66', clusterIps),
    ips: mostly(['10.96.0.66', 'fd00:96::66'], listOf(clusterIps)),
    external: listOf(addresses),
    ports: mostly([{ port: 80, nodePort: 30_080 }], ports),
    type: fc.constantFrom<unknown>('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', '__proto__', 5),
    policy: fc.constantFrom<unknown>('Local', 'Cluster', 1),
    ranges: listOf(fc.constantFrom<unknown>('0.0.0.0/0', '10.0.0.0/8', 'x\n-j ACCEPT', '::/0', '1/99')),
    ingress: listOf(fc.record({ ip: addresses, ipMode: names })),
    annotations: fc.oneof(
      fc.record({ 'kube-portal.dev/proxy-protocol': names, 'kube-portal.dev/udp-timeout': names }),
      fc.jsonValue({ maxDepth: 1 }),
    ),
  })
  .map(({ ip, ips, external, type, policy, ranges, ingress, ports: written, ...metadata }) =>
    service({
      ...metadata,
      spec: {
        ...{ type, clusterIP: ip, clusterIPs: ips, externalIPs: external, ports: written },
        ...{ internalTrafficPolicy: policy, externalTrafficPolicy: policy, loadBalancerSourceRanges: ranges },
        ...{ sessionAffinity: policy, healthCheckNodePort: 32_066 },
      },
      status: { loadBalancer: { ingress } },
    }),
  )

const badSlices = fc
  .record({
    name: names,
    namespace: mostly('evil', fc.constantFrom('', 'a/b')),
    labels: mostly({ 'kubernetes.io/service-name': 'hostile' }, labels),
    ports: mostly([{ port: 8080 }], ports),
    addressType: fc.constantFrom<unknown>('IPv4', 'IPv6', 'FQDN'),
    endpoints: mostly(
      forbidden.map(each => ({ addresses: [each] })),
      listOf(
        fc.record({
          addresses: listOf(addresses),
          conditions: fc.jsonValue({ maxDepth: 1 }),
          nodeName: names,
          hints: fc.jsonValue({ maxDepth: 2 }),
        }),
      ),
    ),
  })
  .map(({ name, namespace, ...parts }) =>
    slice({ ...parts, name: String(name), namespace: String(namespace) }),
  )

/** Objects with anything in them, that all lay claim to what is others' already. */
export const hostile = fc.record({
  services: fc.array(fc.oneof({ weight: 9, arbitrary: badServices }, fc.jsonValue()), { maxLength: 8 }),
  slices: fc.array(fc.oneof({ weight: 9, arbitrary: badSlices }, fc.jsonValue()), { maxLength: 8 }),
})
