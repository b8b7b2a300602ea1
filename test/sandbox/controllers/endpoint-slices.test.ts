import t from 'tap'
import { at, listAt } from '../../../lib/sandbox/json.js'
import { endpointSlices } from '../../../lib/sandbox/controllers/endpoint-slices.js'
import { garbage } from '../../../lib/sandbox/controllers/garbage.js'
import type { Objects } from '../../../lib/sandbox/objects.js'
import { memoryObjects } from '../memory-objects.js'
import { node, podSample, serviceSample } from './samples.js'
import { settled } from './settle.js'

const slices = (objects: Objects): readonly unknown[] => objects.list('endpointslices', 'shop')

const addresses = (objects: Objects): unknown =>
  objects
    .list('endpointslices', 'shop')
    .map(slice => listAt(slice, 'endpoints').flatMap(endpoint => listAt(endpoint, 'addresses')))

const owned = {
  name: 'web-2',
  generateName: 'web-',
  namespace: 'shop',
  labels: {
    team: 'shop',
    'kubernetes.io/service-name': 'web',
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
  },
  ownerReferences: [
    {
      apiVersion: 'v1',
      kind: 'Service',
      name: 'web',
      uid: 'uid-1',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
}

t.test('a Service without pods has one empty slice', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  await settled(objects, endpointSlices(objects))
  t.strictSame(slices(objects), [
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...owned, uid: 'uid-2' },
      addressType: 'IPv4',
      endpoints: null,
      ports: null,
    },
  ])
})

t.test('the empty slice becomes that of the first pods', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  await settled(objects, endpointSlices(objects))
  objects.create('nodes', node)
  objects.create('pods', podSample({ number: 5 }))
  objects.create('pods', { ...podSample({ number: 6 }), status: {} })
  objects.create('pods', podSample({ number: 7, metadata: { labels: { app: 'other' } } }))
  await settled(objects, endpointSlices(objects))
  t.strictSame(slices(objects), [
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...owned, uid: 'uid-2' },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.244.0.5'],
          conditions: { ready: true, serving: true, terminating: false },
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-5', uid: 'uid-4' },
          nodeName: 'node-1',
          zone: 'zone-a',
        },
      ],
      ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    },
  ])
})

const conditionsOf = async (pod: Parameters<typeof podSample>[0], spec = {}): Promise<unknown> => {
  const objects = memoryObjects()
  objects.create('services', serviceSample(spec))
  objects.create('pods', podSample(pod))
  await settled(objects, endpointSlices(objects))
  return at(listAt(objects.list('endpointslices')[0], 'endpoints')[0], 'conditions')
}

const going = { deletionTimestamp: '2026-01-01T00:00:30Z' }

t.test('an unready pod is neither ready nor serving', async t => {
  t.strictSame(await conditionsOf({ number: 5, ready: 'False' }), {
    ready: false,
    serving: false,
    terminating: false,
  })
})

t.test('an unready pod of a Service that publishes those is ready but not serving', async t => {
  const conditions = await conditionsOf({ number: 5, ready: 'False' }, { publishNotReadyAddresses: true })
  t.strictSame(conditions, { ready: true, serving: false, terminating: false })
})

t.test('a pod that is going is serving but not ready', async t => {
  const conditions = await conditionsOf({ number: 5, metadata: going })
  t.strictSame(conditions, { ready: false, serving: true, terminating: true })
})

t.test('a named target port that differs from pod to pod makes a slice for each number', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ ports: [{ name: 'http', port: 80, targetPort: 'http' }] }))
  for (const [number, containerPort] of [
    [5, 8080],
    [6, 9090],
    [7, 8080],
  ] as const)
    objects.create('pods', podSample({ number, ports: [{ name: 'http', containerPort }] }))
  objects.create('pods', podSample({ number: 8 }))
  await settled(objects, endpointSlices(objects))
  t.match(slices(objects), [
    {
      endpoints: [{ addresses: ['10.244.0.5'] }, { addresses: ['10.244.0.7'] }],
      ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    },
    { endpoints: [{ addresses: ['10.244.0.6'] }], ports: [{ name: 'http', protocol: 'TCP', port: 9090 }] },
    { endpoints: [{ addresses: ['10.244.0.8'] }], ports: null },
  ])
})

const big = (objects: Objects): Objects => {
  objects.create('services', serviceSample())
  for (let number = 1; number <= 150; number += 1) objects.create('pods', podSample({ number }))
  return objects
}

t.test('a slice holds at most a hundred endpoints', async t => {
  const objects = big(memoryObjects())
  await settled(objects, endpointSlices(objects))
  t.strictSame(
    objects.list('endpointslices').map(slice => listAt(slice, 'endpoints').length),
    [100, 50],
  )
})

t.test('an endpoint stays in its slice when others come and go', async t => {
  const objects = big(memoryObjects())
  await settled(objects, endpointSlices(objects))
  const [, second] = objects.list('endpointslices')
  for (const { metadata } of objects.list('pods').slice(0, 30)) objects.remove('pods', 'shop', metadata.name)
  objects.create('pods', podSample({ number: 200 }))
  await settled(objects, endpointSlices(objects))
  const [first, last] = objects.list('endpointslices')
  t.strictSame(last, second)
  t.equal(listAt(first, 'endpoints').length, 71)
  t.match(listAt(first, 'endpoints').at(-1), { addresses: ['10.244.0.200'] })
})

t.test('a slice that is changed or removed by hand is put right', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  objects.create('pods', podSample({ number: 5 }))
  await settled(objects, endpointSlices(objects))
  const [slice] = objects.list('endpointslices')
  if (slice) objects.update('endpointslices', { ...slice, endpoints: null })
  await settled(objects, endpointSlices(objects))
  t.strictSame(addresses(objects), [['10.244.0.5']])
})

t.test('a Service of two families has slices of both', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ ipFamilies: ['IPv6', 'IPv4'] }))
  const pod = podSample({ number: 5 })
  const podIPs = [{ ip: '10.244.0.5' }, { ip: 'fd00:244::5' }]
  objects.create('pods', { ...pod, status: { ...Object(pod.status), podIPs } })
  await settled(objects, endpointSlices(objects))
  t.match(slices(objects), [
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.0.5'] }] },
    { addressType: 'IPv6', endpoints: [{ addresses: ['fd00:244::5'] }] },
  ])
})

t.test('a headless Service is said to be one on its slices', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ clusterIP: 'None' }))
  await settled(objects, endpointSlices(objects))
  t.equal(objects.list('endpointslices')[0]?.metadata.labels?.['service.kubernetes.io/headless'], '')
})

t.test('a Service without a selector, or with an external name, has no slices of ours', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ selector: {} }))
  const external = serviceSample({ type: 'ExternalName' })
  objects.create('services', { ...external, metadata: { name: 'elsewhere', namespace: 'shop' } })
  objects.create('pods', podSample({ number: 5 }))
  await settled(objects, endpointSlices(objects))
  t.strictSame(slices(objects), [])
})

t.test('slices go with their Service', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  await settled(objects, endpointSlices(objects))
  const done = settled(objects, endpointSlices(objects), garbage(objects))
  objects.remove('services', 'shop', 'web')
  await done
  t.strictSame(slices(objects), [])
})
