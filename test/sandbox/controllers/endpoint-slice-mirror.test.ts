import t from 'tap'
import { endpointSliceMirror } from '../../../lib/sandbox/controllers/endpoint-slice-mirror.js'
import { garbage } from '../../../lib/sandbox/controllers/garbage.js'
import { memoryObjects } from '../memory-objects.js'
import { serviceSample } from './samples.js'
import { settled } from './settle.js'

const handMade = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: {
    name: 'web',
    namespace: 'shop',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'ours' },
  },
  subsets: [
    {
      addresses: [{ ip: '192.0.2.42' }, { ip: 'fd00::42' }],
      notReadyAddresses: [{ ip: '192.0.2.43', nodeName: 'node-1', hostname: 'db' }],
      ports: [{ port: 5432 }],
    },
  ],
} as const

t.test('hand-made Endpoints of a Service without a selector become slices', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ selector: {} }))
  objects.create('endpoints', handMade)
  await settled(objects, endpointSliceMirror(objects))
  const metadata = {
    generateName: 'web-',
    namespace: 'shop',
    labels: {
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
    },
    annotations: { note: 'ours' },
    ownerReferences: [
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        name: 'web',
        uid: 'uid-2',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  }
  const ports = [{ name: '', protocol: 'TCP', port: 5432 }]
  const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', ports }
  t.strictSame(objects.list('endpointslices'), [
    {
      ...slice,
      metadata: { name: 'web-3', ...metadata, uid: 'uid-3' },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['192.0.2.42'], conditions: { ready: true } },
        { addresses: ['192.0.2.43'], conditions: { ready: false }, hostname: 'db', nodeName: 'node-1' },
      ],
    },
    {
      ...slice,
      metadata: { name: 'web-4', ...metadata, uid: 'uid-4' },
      addressType: 'IPv6',
      endpoints: [{ addresses: ['fd00::42'], conditions: { ready: true } }],
    },
  ])
})

t.test(
  'Endpoints of a Service that selects, of no Service, or with the skip label are not copied',
  async t => {
    const objects = memoryObjects()
    objects.create('services', serviceSample())
    objects.create('endpoints', handMade)
    objects.create('endpoints', { ...handMade, metadata: { name: 'alone', namespace: 'shop' } })
    const service = serviceSample({ selector: {} })
    objects.create('services', { ...service, metadata: { name: 'skip', namespace: 'shop' } })
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
    objects.create('endpoints', { ...handMade, metadata: { name: 'skip', namespace: 'shop', labels } })
    await settled(objects, endpointSliceMirror(objects))
    t.strictSame(objects.list('endpointslices'), [])
  },
)

t.test('copied slices follow their Endpoints, and go with them', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample({ selector: {} }))
  const made = objects.create('endpoints', handMade)
  await settled(objects, endpointSliceMirror(objects))
  objects.update('endpoints', {
    ...made,
    subsets: [{ addresses: [{ ip: '192.0.2.44' }], ports: [{ port: 1 }] }],
  })
  await settled(objects, endpointSliceMirror(objects))
  t.match(objects.list('endpointslices'), [
    { metadata: { name: 'web-3' }, endpoints: [{ addresses: ['192.0.2.44'] }], ports: [{ port: 1 }] },
  ])
  t.equal(objects.list('endpointslices').length, 1)
  const done = settled(objects, endpointSliceMirror(objects), garbage(objects))
  objects.remove('endpoints', 'shop', 'web')
  await done
  t.strictSame(objects.list('endpointslices'), [])
})
