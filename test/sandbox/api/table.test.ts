import t from 'tap'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import { listAt, textAt, textsAt } from '../../../lib/sandbox/json.js'
import { kindOf } from '../../../lib/sandbox/api/kinds.js'
import { spanText } from '../../../lib/model/span-text.js'
import { tableOf } from '../../../lib/sandbox/api/print/table.js'
import type { Resource } from '../../../lib/sandbox/objects.js'

const now = new Date('2026-11-22T12:00:00Z')
const metadata = { name: 'a', creationTimestamp: '2026-11-22T11:55:30Z' }

/** The table as text, a row a line, wide columns too. */
const printed = (resource: Resource, ...objects: readonly ApiObject[]): string => {
  const table = tableOf(objects, {
    kind: kindOf(resource),
    now: () => now,
    version: 'v1',
    include: 'None',
    metadata: {},
  })
  const head = listAt(table, 'columnDefinitions').map(column => textAt(column, 'name'))
  const rows = listAt(table, 'rows').map(row => listAt(row, 'cells').map(String))
  return [head, ...rows].map(cells => cells.join(' | ')).join('\n')
}

t.test('services', async t => {
  const ports = [
    { port: 80, nodePort: 30_080, protocol: 'TCP' },
    { port: 53, protocol: 'UDP' },
  ]
  const spec = { type: 'LoadBalancer', clusterIP: '10.96.0.1', ports, selector: { b: '2', a: '1' } }
  const balanced = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }] } }
  t.equal(
    printed(
      'services',
      { metadata, spec },
      { metadata, spec, status: balanced },
      { metadata, spec: { type: 'ExternalName', externalName: 'example.com' } },
    ),
    [
      'Name | Type | Cluster-IP | External-IP | Port(s) | Age | Selector',
      'a | LoadBalancer | 10.96.0.1 | <pending> | 80:30080/TCP,53/UDP | 4m30s | a=1,b=2',
      'a | LoadBalancer | 10.96.0.1 | 192.0.2.1,lb.example.com | 80:30080/TCP,53/UDP | 4m30s | a=1,b=2',
      'a | ExternalName | <none> | example.com | <none> | 4m30s | <none>',
    ].join('\n'),
  )
})

t.test('pods', async t => {
  const spec = { nodeName: 'n', containers: [{ name: 'c' }, { name: 'd' }] }
  const containerStatuses = [
    { ready: true, restartCount: 1 },
    { ready: false, restartCount: 2 },
  ]
  const status = { phase: 'Running', podIP: '10.244.0.2', containerStatuses }
  const waiting = {
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
  }
  t.equal(
    printed(
      'pods',
      { metadata, spec, status },
      { metadata: { ...metadata, deletionTimestamp: '2026-11-22T12:00:00Z' }, spec, status },
      { metadata, spec: { containers: [{}] }, status: waiting },
    ),
    [
      'Name | Ready | Status | Restarts | Age | IP | Node | Nominated Node | Readiness Gates',
      'a | 1/2 | Running | 3 | 4m30s | 10.244.0.2 | n | <none> | <none>',
      'a | 1/2 | Terminating | 3 | 4m30s | 10.244.0.2 | n | <none> | <none>',
      'a | 0/1 | ImagePullBackOff | 0 | 4m30s | <none> | <none> | <none> | <none>',
    ].join('\n'),
  )
})

t.test('endpoint slices and endpoints, shortened', async t => {
  const endpoints = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map(address => ({
    addresses: [address],
  }))
  t.equal(
    printed(
      'endpointslices',
      { metadata, addressType: 'IPv4', ports: [{ port: 80 }], endpoints },
      { metadata, addressType: 'IPv6', ports: null, endpoints: null },
    ),
    [
      'Name | AddressType | Ports | Endpoints | Age',
      'a | IPv4 | 80 | 10.0.0.1,10.0.0.2,10.0.0.3 + 1 more... | 4m30s',
      'a | IPv6 | <unset> | <unset> | 4m30s',
    ].join('\n'),
  )
  const subsets = [
    { addresses: endpoints.map(one => ({ ip: textsAt(one, 'addresses')[0] })), ports: [{ port: 80 }] },
  ]
  t.equal(
    printed('endpoints', { metadata, subsets }, { metadata }),
    [
      'Name | Endpoints | Age',
      'a | 10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more... | 4m30s',
      'a | <none> | 4m30s',
    ].join('\n'),
  )
})

t.test('an age is as coarse as it is long', async t => {
  const ages = [
    0, 119, 120, 200, 600, 10_800, 12_000, 90_000, 172_800, 180_000, 691_200, 63_072_000, 70_000_000,
  ]
  t.equal(ages.map(spanText).join(' '), '0s 119s 2m 3m20s 10m 3h 3h20m 25h 2d 2d2h 8d 2y 2y80d')
})
