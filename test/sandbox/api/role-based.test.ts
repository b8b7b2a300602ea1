import t from 'tap'
import { roleBased } from '../../../lib/sandbox/api/serve/role-based.js'
import { newStore } from './sandbox.js'

const account = { namespace: 'kube-system', name: 'reader' }

const bound = (rule: object, subject: object = {}): ReturnType<typeof roleBased> => {
  const store = newStore()
  store.create('clusterroles', { metadata: { name: 'role' }, rules: [rule] })
  store.create('clusterrolebindings', {
    metadata: { name: 'binding' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'role' },
    subjects: [{ kind: 'ServiceAccount', ...account, ...subject }],
  })
  return roleBased(store, account)
}

const mayList = (user: ReturnType<typeof roleBased>): boolean | undefined =>
  user.may?.('list', 'endpointslices', '')

const slices = { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] }

t.test('a service account may do what a ClusterRole says that is bound to it', async t => {
  const user = bound(slices)
  t.equal(user.name, 'system:serviceaccount:kube-system:reader')
  t.equal(mayList(user), true)
  t.equal(user.may?.('watch', 'endpointslices', ''), false, 'another verb')
  t.equal(user.may?.('list', 'services', ''), false, 'another resource')
  t.equal(mayList(bound({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] })), true)
})

for (const [why, rule] of [
  ['of another group', { ...slices, apiGroups: [''] }],
  ['for single objects', { ...slices, resourceNames: ['web'] }],
  ['without verbs', { ...slices, verbs: [] }],
] as const)
  t.test(`a rule ${why} allows nothing`, async t => {
    t.equal(mayList(bound(rule)), false)
  })

for (const subject of [{ name: 'writer' }, { namespace: 'default' }, { kind: 'User' }])
  t.test(`a binding to ${JSON.stringify(subject)} gives it nothing`, async t => {
    t.equal(mayList(bound(slices, subject)), false)
  })

t.test('without a binding it may do nothing', async t => {
  t.equal(mayList(roleBased(newStore(), account)), false)
})

t.test('a Role allows what it says in its own namespace', async t => {
  const store = newStore()
  store.create('roles', { metadata: { name: 'role', namespace: 'default' }, rules: [slices] })
  store.create('rolebindings', {
    metadata: { name: 'binding', namespace: 'default' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  })
  const user = roleBased(store, account)
  const may = (namespace: string): boolean | undefined => user.may?.('list', 'endpointslices', namespace)
  t.strictSame([may('default'), may('kube-system'), may('')], [true, false, false])
})
