import t from 'tap'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { type Protocol, type ServicePort, servicePortId } from '../../../lib/model/service-port.js'
import { emptySnapshot, type Snapshot } from '../../../lib/model/snapshot.js'
import { Forwardable } from '../../../lib/reach/port-forward/forwardable.js'

const at = (address: string): Endpoint => ({ address: ipAddress(address), port: port(80) })

const pods = new Set(['10.244.1.1', '10.244.1.2'])
const isPod = ({ address }: Endpoint): boolean => pods.has(address)

const served = (service: string, protocol: Protocol, ...addresses: readonly string[]): ServicePort => {
  const name = { namespace: 'shop', service, port: '', protocol }
  return {
    ...{ id: servicePortId(name), name, family: 'IPv4', policy: 'Cluster', portals: [] },
    ...{ endpoints: addresses.map(at), othersServe: false, affinity: { kind: 'none' }, terms: {} },
  }
}

const snapshotOf = (...servicePorts: readonly ServicePort[]): Snapshot => ({ ...emptySnapshot, servicePorts })

t.test('a cluster of Pods and TCP is the very same snapshot', t => {
  const snapshot = snapshotOf(served('cart', 'TCP', '10.244.1.1', '10.244.1.2'), served('empty', 'TCP'))
  const forwarded = new Forwardable(isPod).of(snapshot)
  t.equal(forwarded.snapshot, snapshot)
  t.strictSame(forwarded.leftOut, [])
  t.end()
})

t.test('UDP and endpoints that are no Pods are left out, with one reason for each Service', t => {
  const [cart, dns] = [served('cart', 'TCP', '10.244.1.1'), served('dns', 'TCP', '10.244.1.2')]
  const forwarded = new Forwardable(isPod).of(
    snapshotOf(
      ...[cart, served('dns', 'UDP', '10.244.1.2'), dns, served('dns', 'UDP', '10.244.1.1')],
      ...[
        served('mixed', 'TCP', '10.244.1.1', '192.0.2.5', '192.0.2.6'),
        served('mixed', 'UDP'),
        served('outside', 'TCP', '192.0.2.7'),
      ],
    ),
  )
  t.strictSame(
    forwarded.snapshot.servicePorts.map(({ name, endpoints }) => [
      name.service,
      name.protocol,
      ...endpoints.map(({ address }) => address),
    ]),
    [
      ...[
        ['cart', 'TCP', '10.244.1.1'],
        ['dns', 'TCP', '10.244.1.2'],
      ],
      ...[
        ['mixed', 'TCP', '10.244.1.1'],
        ['outside', 'TCP'],
      ],
    ],
  )
  t.strictSame(
    forwarded.leftOut.map(({ namespace, service, reason }) => `${namespace}/${service}: ${reason}`),
    [
      'shop/dns: UDP cannot go through a port-forward: use --reach routes or direct',
      'shop/mixed: its endpoint 192.0.2.5:80 is no Pod',
      'shop/outside: its endpoint 192.0.2.7:80 is no Pod',
    ],
  )
  t.equal(forwarded.snapshot.servicePorts[0], cart)
  t.equal(forwarded.snapshot.servicePorts[1], dns)
  t.end()
})

t.test('what was limited is the same object the next time, until it is limited differently', t => {
  const known = new Set(['10.244.1.1'])
  const forwardable = new Forwardable(({ address }) => known.has(address))
  const mixed = served('mixed', 'TCP', '10.244.1.1', '10.244.1.2')
  const first = forwardable.of(snapshotOf(mixed)).snapshot.servicePorts[0]
  t.equal(forwardable.of(snapshotOf(mixed)).snapshot.servicePorts[0], first)
  const snapshot = snapshotOf(mixed, served('dns', 'UDP'))
  t.equal(forwardable.of(snapshot).snapshot, forwardable.of(snapshot).snapshot)
  known.add('10.244.1.2')
  t.equal(forwardable.of(snapshotOf(mixed)).snapshot.servicePorts[0], mixed)
  t.equal(forwardable.of(snapshot).snapshot.servicePorts[0], mixed)
  t.end()
})
