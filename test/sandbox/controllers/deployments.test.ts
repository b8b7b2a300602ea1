import t from 'tap'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import { deployments } from '../../../lib/sandbox/controllers/deployments.js'
import { garbage } from '../../../lib/sandbox/controllers/garbage.js'
import { replicaSets } from '../../../lib/sandbox/controllers/replica-sets.js'
import { objectAt } from '../../../lib/sandbox/json.js'
import type { Objects } from '../../../lib/sandbox/objects.js'
import { memoryObjects } from '../memory-objects.js'
import { settled } from './settle.js'

const now = (): string => '2026-01-01T00:00:00Z'
const all = (objects: Objects) => [deployments(objects, now), replicaSets(objects), garbage(objects)] as const

const spec = (image: string) =>
  ({ containers: [{ name: 'web', image, ports: [{ containerPort: 80, protocol: 'TCP' }] }] }) as const

const deployment = (replicas: number, image = 'web:1'): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: 3 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: spec(image) },
  },
})

const wanting = (objects: Objects, wanted: ApiObject): void => {
  const current = objects.get('deployments', 'shop', 'web')
  if (current) objects.update('deployments', { ...current, spec: wanted.spec })
}

/** Says of every pod what a kubelet would, and lets the controllers see it. */
const ready = async (objects: Objects): Promise<void> => {
  for (const pod of objects.list('pods')) {
    if (pod.metadata.deletionTimestamp !== undefined) objects.remove('pods', 'shop', pod.metadata.name)
    else objects.update('pods', { ...pod, status: { conditions: [{ type: 'Ready', status: 'True' }] } })
  }
  await settled(objects, ...all(objects))
}

const pods = (objects: Objects): readonly unknown[] =>
  objects
    .list('pods')
    .map(pod => `${pod.metadata.name}${pod.metadata.deletionTimestamp === undefined ? '' : ' going'}`)

t.test('a Deployment makes a ReplicaSet, and that makes pods', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(1))
  await settled(objects, ...all(objects))
  const owner = { apiVersion: 'apps/v1', controller: true, blockOwnerDeletion: true }
  const hash = 'fkllhbjbgk'
  const labels = { app: 'web', 'pod-template-hash': hash }
  t.strictSame(objects.list('replicasets'), [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `web-${hash}`,
        namespace: 'shop',
        labels,
        ownerReferences: [{ ...owner, kind: 'Deployment', name: 'web', uid: 'uid-1' }],
        uid: 'uid-2',
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: spec('web:1') },
      },
      status: {
        replicas: 1,
        fullyLabeledReplicas: 1,
        readyReplicas: 0,
        availableReplicas: 0,
        observedGeneration: 1,
      },
    },
  ])
  t.strictSame(objects.list('pods'), [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `web-${hash}-3`,
        generateName: `web-${hash}-`,
        namespace: 'shop',
        labels,
        ownerReferences: [{ ...owner, kind: 'ReplicaSet', name: `web-${hash}`, uid: 'uid-2' }],
        uid: 'uid-3',
      },
      spec: spec('web:1'),
    },
  ])
})

t.test('the status of a Deployment counts what is there and what serves', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(2))
  await settled(objects, ...all(objects))
  const conditions = (status: string, available: string, progressing: string) =>
    [
      { type: 'Available', status, reason: available, lastTransitionTime: now() },
      { type: 'Progressing', status: 'True', reason: progressing, lastTransitionTime: now() },
    ] as const
  t.strictSame(objects.get('deployments', 'shop', 'web')?.status, {
    ...{ observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 0, availableReplicas: 0 },
    unavailableReplicas: 2,
    conditions: conditions('False', 'MinimumReplicasUnavailable', 'ReplicaSetUpdated'),
  })
  await ready(objects)
  t.strictSame(objects.get('deployments', 'shop', 'web')?.status, {
    ...{ observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
    conditions: conditions('True', 'MinimumReplicasAvailable', 'NewReplicaSetAvailable'),
  })
})

t.test('scaling up adds pods; scaling down lets the last ones go', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(1))
  await settled(objects, ...all(objects))
  wanting(objects, deployment(3))
  await settled(objects, ...all(objects))
  await ready(objects)
  t.strictSame(pods(objects), ['web-fkllhbjbgk-3', 'web-fkllhbjbgk-4', 'web-fkllhbjbgk-5'])
  wanting(objects, deployment(1))
  await settled(objects, ...all(objects))
  t.strictSame(pods(objects), ['web-fkllhbjbgk-3', 'web-fkllhbjbgk-4 going', 'web-fkllhbjbgk-5 going'])
})

t.test('with a new template the old pods stay until the new ones are ready', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(2))
  await settled(objects, ...all(objects))
  await ready(objects)
  wanting(objects, deployment(2, 'web:2'))
  await settled(objects, ...all(objects))
  t.equal(objects.list('replicasets').length, 2)
  const old = objects.list('pods').filter(pod => pod.metadata.name.startsWith('web-fkllhbjbgk-'))
  t.strictSame(
    old.map(pod => pod.metadata.deletionTimestamp),
    [undefined, undefined],
  )
  t.equal(objects.list('pods').length, 4)
  await ready(objects)
  await ready(objects)
  t.equal(objects.list('pods').length, 2)
  t.strictSame(
    objects.list('pods').map(pod => objectAt(pod, 'spec')),
    [spec('web:2'), spec('web:2')],
  )
})

t.test('a pod that is deleted is replaced', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(1))
  await settled(objects, ...all(objects))
  const [pod] = objects.list('pods')
  if (pod) objects.terminate('pods', pod, 30)
  await settled(objects, ...all(objects))
  t.strictSame(pods(objects), ['web-fkllhbjbgk-3 going', 'web-fkllhbjbgk-4'])
})

t.test('with their Deployment the ReplicaSets and their pods go', async t => {
  const objects = memoryObjects()
  objects.create('deployments', deployment(1))
  await settled(objects, ...all(objects))
  const done = settled(objects, ...all(objects))
  objects.remove('deployments', 'shop', 'web')
  await done
  t.strictSame(objects.list('replicasets'), [])
  t.strictSame(pods(objects), ['web-fkllhbjbgk-3 going'])
})
