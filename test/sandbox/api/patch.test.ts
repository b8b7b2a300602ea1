import t from 'tap'
import { kindOf } from '../../../lib/sandbox/api/kinds.js'
import { jsonPatch } from '../../../lib/sandbox/api/patch/json.js'
import { mergeKeysOf } from '../../../lib/sandbox/api/patch/merge-keys.js'
import { mergePatch } from '../../../lib/sandbox/api/patch/merge.js'
import { strategicMerge } from '../../../lib/sandbox/api/patch/strategic.js'

t.test('a merge patch changes, adds and, with null, takes away; lists are replaced', async t => {
  const before = { a: 1, b: { c: 2, d: 3 }, list: [1, 2] }
  t.strictSame(mergePatch(before, { a: null, b: { c: 9, e: { f: null } }, list: [3] }), {
    b: { c: 9, d: 3, e: {} },
    list: [3],
  })
})

t.test('a JSON patch does its steps in order', async t => {
  const steps = [
    { op: 'test', path: '/ports/0/port', value: 80 },
    { op: 'replace', path: '/ports/0/port', value: 81 },
    { op: 'add', path: '/ports/-', value: { port: 53 } },
    { op: 'add', path: '/ports/0', value: { port: 1 } },
    { op: 'remove', path: '/labels/a~1b' },
    { op: 'copy', from: '/ports/0', path: '/first' },
    { op: 'move', from: '/old', path: '/new' },
  ]
  t.strictSame(jsonPatch({ ports: [{ port: 80 }], labels: { 'a/b': '1' }, old: 0 }, steps), {
    ports: [{ port: 1 }, { port: 81 }, { port: 53 }],
    labels: {},
    first: { port: 1 },
    new: 0,
  })
})

t.test('a JSON patch with a step that cannot be done is refused', async t => {
  t.throws(() => jsonPatch({ a: 1 }, [{ op: 'remove', path: '/b' }]), { message: 'doc is missing key: b' })
  t.throws(() => jsonPatch({ a: 1 }, [{ op: 'test', path: '/a', value: 2 }]), {
    message: 'testing value /a failed',
  })
  t.throws(() => jsonPatch({ a: [] }, [{ op: 'replace', path: '/a/0', value: 2 }]), {
    message: 'doc is missing key: 0',
  })
})

const pods = mergeKeysOf(kindOf('pods'))
const pod = {
  metadata: { finalizers: ['a', 'b'] },
  spec: {
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [
      { name: 'one', image: 'x:1', env: [{ name: 'A', value: '1' }] },
      { name: 'two', image: 'y:1' },
    ],
  },
}

t.test(
  'a strategic patch merges containers by name, and their variables too; what is new comes first',
  async t => {
    const patch = { spec: { containers: [{ name: 'one', image: 'x:2', env: [{ name: 'B', value: '2' }] }] } }
    t.match(strategicMerge(pod, patch, pods), {
      spec: {
        containers: [
          {
            name: 'one',
            image: 'x:2',
            env: [
              { name: 'B', value: '2' },
              { name: 'A', value: '1' },
            ],
          },
          { name: 'two', image: 'y:1' },
        ],
      },
    })
  },
)

t.test('a strategic patch takes out an element, and orders the others as asked', async t => {
  const patch = {
    spec: {
      '$setElementOrder/containers': [{ name: 'three' }, { name: 'two' }],
      containers: [{ name: 'three' }, { $patch: 'delete', name: 'one' }],
    },
  }
  t.strictSame(strategicMerge(pod, patch, pods), {
    ...pod,
    spec: { ...pod.spec, containers: [{ name: 'three' }, { name: 'two', image: 'y:1' }] },
  })
})

t.test('an element that the order does not name stays where it was among the others', async t => {
  const patch = {
    spec: {
      '$setElementOrder/containers': [{ name: 'new' }, { name: 'one' }],
      containers: [{ name: 'new' }],
    },
  }
  t.match(strategicMerge(pod, patch, pods), {
    spec: { containers: [{ name: 'new' }, { name: 'one' }, { name: 'two' }] },
  })
})

t.test('an element that came before those that the order names still does', async t => {
  const patch = { spec: { '$setElementOrder/containers': [{ name: 'two' }] } }
  t.strictSame(strategicMerge(pod, patch, pods), pod)
})

t.test('a strategic patch treats finalizers as a set', async t => {
  const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['b', 'c'] } }
  t.match(strategicMerge(pod, patch, pods), { metadata: { finalizers: ['b', 'c'] } })
})

t.test('a strategic patch can replace a map, empty it, or keep only some of its fields', async t => {
  const strategy = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }
  const keys = mergeKeysOf(kindOf('deployments'))
  const patched = (patch: object): unknown => strategicMerge(strategy, { spec: { strategy: patch } }, keys)
  t.strictSame(patched({ $retainKeys: ['type'], type: 'Recreate' }), {
    spec: { strategy: { type: 'Recreate' } },
  })
  t.strictSame(patched({ $patch: 'replace', type: 'Recreate' }), { spec: { strategy: { type: 'Recreate' } } })
  t.strictSame(patched({ $patch: 'delete' }), { spec: { strategy: {} } })
})
