import t from 'tap'
import { cidr } from '../../../lib/model/cidr.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { type ServicePort, servicePortId } from '../../../lib/model/service-port.js'
import { emptySnapshot, type Snapshot } from '../../../lib/model/snapshot.js'
import { snapshotIn, snapshotPieces } from '../../../lib/proxy/saved/snapshot-text.js'
import { servicePort } from '../stage.js'

const name = { namespace: 'shop', service: 'dns', port: 'dns', protocol: 'UDP' } as const
const traffic = { family: 'IPv6', policy: 'Local' } as const
const address = ipAddress('fd00::53')

/** With all that a service port can have. */
const rich: ServicePort = {
  ...{ ...traffic, id: servicePortId(name, traffic), name, othersServe: true },
  portals: [
    { kind: 'cluster-ip', address, port: port(53) },
    { kind: 'external-ip', address, port: port(54), clients: 'outsiders' },
    { kind: 'load-balancer', address, port: port(55), clients: 'everybody' },
    { kind: 'load-balancer', address, port: port(56), clients: 'insiders', sources: [cidr('fd00::/8')] },
    { kind: 'node-port', port: port(30_053), clients: 'everybody' },
  ],
  endpoints: [{ address: ipAddress('fd00:10::7'), port: port(5353) }],
  affinity: { kind: 'client-ip', timeout: seconds(10_800) },
  terms: {
    idleTimeout: seconds(30),
    onEndpointGone: { kind: 'reset', grace: milliseconds(500) },
    proxyProtocol: 'v2',
  },
}

const snapshot: Snapshot = {
  servicePorts: [rich, servicePort('cart', 2)],
  healthChecks: [{ namespace: 'shop', service: 'dns', port: port(32_000), localEndpoints: 1 }],
  ownPods: { kind: 'interface', name: 'cni0' },
  nodeAddresses: [ipAddress('172.18.0.2')],
  nodeEligible: true,
}

const textOf = (value: Snapshot): string => [...snapshotPieces(value)].join('')

t.test('a snapshot is a line about all of it, and one for each service port', async t => {
  const [about, , cart] = textOf(snapshot).split('\n')
  t.equal(
    about,
    '{"format":1,"servicePorts":2,"nodeAddresses":["172.18.0.2"],"healthChecks":[{"namespace":"shop","service":"dns","port":32000,"localEndpoints":1}]}',
  )
  t.equal(
    cart,
    '{"family":"IPv4","policy":"Cluster","name":{"namespace":"shop","service":"cart","port":"","protocol":"TCP"},"affinity":{"kind":"none"},"terms":{},"othersServe":false,"portals":[{"kind":"cluster-ip","address":"10.96.0.10","port":80}],"endpoints":[{"address":"10.244.0.1","port":8080},{"address":"10.244.0.2","port":8080}]}',
  )
})

t.test('all that it takes to serve is read as it was written; how own pods are told is not', async t => {
  t.strictSame(snapshotIn(textOf(snapshot)), { ...snapshot, ownPods: { kind: 'unknown' } })
  t.strictSame(snapshotIn(textOf(emptySnapshot)), emptySnapshot)
})

t.test('thousands of service ports are written in pieces, none of them large', async t => {
  const many = Array.from({ length: 1000 }, (_, index) => servicePort(`s${index}`, 1))
  const pieces = [...snapshotPieces({ ...emptySnapshot, servicePorts: many })]
  t.equal(pieces.length, 17)
  t.ok(pieces.every(({ length }) => length < 64 * 400))
  t.strictSame(snapshotIn(pieces.join('')).servicePorts, many)
})

t.test('what another version of the program wrote counts as nothing', async t => {
  t.strictSame(snapshotIn('{"format":2,"what":"ever"}\n'), emptySnapshot)
})

const whole = textOf(snapshot)
const damaged: Readonly<Record<string, string>> = {
  'an empty file': '',
  'a file that was cut in a line': whole.slice(0, -100),
  'a file that was cut between lines': whole.slice(0, whole.lastIndexOf('{"family"')),
  'a file without its last end of line': whole.slice(0, -1),
  'lines that belong to nothing': `${whole}{}\n`,
  'a service port that is there twice': whole
    .replace('"servicePorts":2', '"servicePorts":3')
    .concat(`${whole.split('\n')[1]}\n`),
  'an address that is none': whole.replace('10.244.0.2', '10.244.0.256'),
  'a port that is none': whole.replace('"port":8080', '"port":"8080"'),
  'a kind that there is not': whole.replace('node-port', 'wormhole'),
  'a timeout that is none': whole.replace('10800000', '-1'),
  'a list that is none': whole.replace('["172.18.0.2"]', '"172.18.0.2"'),
}

for (const [what, text] of Object.entries(damaged))
  t.test(`${what} is damaged`, async t => {
    t.throws(() => snapshotIn(text))
  })
