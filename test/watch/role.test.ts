import t from 'tap'
import { roleFor, userIn } from '../../lib/watch/role.js'

const forward = { group: '', resource: 'pods/portforward', verbs: ['get', 'create'] }

t.test('rights in namespaces are a Role in each, bound to the user', async t => {
  t.equal(
    roleFor({ namespaces: ['shop'], rules: [forward], user: 'Ada L' }),
    `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: kube-portal-user, namespace: shop }
rules:
- { apiGroups: [""], resources: [pods/portforward], verbs: [get, create] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: kube-portal-user, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: kube-portal-user }
subjects:
- { kind: User, apiGroup: rbac.authorization.k8s.io, name: "Ada L" }
`,
  )
})

t.test('a role of another name leaves the rights of the first one as they are', async t => {
  const text = roleFor({ name: 'more', namespaces: ['shop'], rules: [forward], user: 'ada' })
  t.strictSame(text.match(/name: more\b/g)?.length, 3)
  t.notMatch(text, /kube-portal/)
})

t.test('rights in the whole cluster are a ClusterRole, and a service account is bound as one', async t => {
  t.equal(
    roleFor({ rules: [forward], user: 'system:serviceaccount:kube-system:portal' }),
    `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: kube-portal-user }
rules:
- { apiGroups: [""], resources: [pods/portforward], verbs: [get, create] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: kube-portal-user }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: kube-portal-user }
subjects:
- { kind: ServiceAccount, namespace: kube-system, name: portal }
`,
  )
})

t.test('what YAML could take for something else is quoted, whatever a server calls its users', async t => {
  for (const user of ['true', '42', 'a: b', '#', 'x\nEOF\nrm -rf /', "'", '', '- x'])
    t.ok(roleFor({ rules: [], user }).includes(`name: ${JSON.stringify(user)} }`), user)
})

t.test('the user is the one whom the server names', async t => {
  const of = 'services is forbidden: User'
  t.equal(userIn(`${of} "ada" cannot list resource "services"`), 'ada')
  t.equal(userIn(`${of} "a \\"b\\"" cannot list resource "services"`), 'a "b"')
  t.equal(userIn(`${of} "" cannot list resource "services"`), undefined)
  t.equal(userIn('no'), undefined)
})
