import t from 'tap'
import { endpoints } from '../../../lib/sandbox/controllers/endpoints.js'
import { memoryObjects } from '../memory-objects.js'
import { podSample, serviceSample } from './samples.js'
import { settled } from './settle.js'

t.test(
  'the Endpoints of a Service hold its pods, the unready ones apart, without those that are going',
  async t => {
    const objects = memoryObjects()
    objects.create('services', serviceSample())
    objects.create('pods', podSample({ number: 5 }))
    objects.create('pods', podSample({ number: 6, ready: 'False' }))
    objects.create('pods', podSample({ number: 7, metadata: { deletionTimestamp: '2026-01-01T00:00:30Z' } }))
    await settled(objects, endpoints(objects))
    const ref = (name: string, uid: string) => ({ kind: 'Pod', namespace: 'shop', name, uid }) as const
    t.strictSame(objects.list('endpoints'), [
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: {
          name: 'web',
          namespace: 'shop',
          labels: { team: 'shop', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
          uid: 'uid-5',
        },
        subsets: [
          {
            addresses: [{ ip: '10.244.0.5', nodeName: 'node-1', targetRef: ref('web-5', 'uid-2') }],
            notReadyAddresses: [{ ip: '10.244.0.6', nodeName: 'node-1', targetRef: ref('web-6', 'uid-3') }],
            ports: [{ port: 8080, protocol: 'TCP' }],
          },
        ],
      },
    ])
  },
)

t.test('a Service without pods has Endpoints without subsets', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  await settled(objects, endpoints(objects))
  t.strictSame(
    objects.list('endpoints').map(object => Object.keys(object)),
    [['apiVersion', 'kind', 'metadata']],
  )
})

t.test(
  'hand-made Endpoints of a Service without a selector are left alone, before and after it comes',
  async t => {
    const objects = memoryObjects()
    const made = objects.create('endpoints', { metadata: { name: 'web', namespace: 'shop' }, subsets: [] })
    await settled(objects, endpoints(objects))
    objects.create('services', serviceSample({ selector: {} }))
    await settled(objects, endpoints(objects))
    t.strictSame(objects.list('endpoints'), [made])
  },
)

t.test('Endpoints go with their Service', async t => {
  const objects = memoryObjects()
  objects.create('services', serviceSample())
  await settled(objects, endpoints(objects))
  const done = settled(objects, endpoints(objects))
  objects.remove('services', 'shop', 'web')
  await done
  t.strictSame(objects.list('endpoints'), [])
})
