import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { listAt, textsAt } from '../../lib/sandbox/json.js'
import { inNamespace } from '../namespace.js'
import { containerArgs, isRefusal, startGuardedCluster } from './cluster.js'
import { manifestOf } from './manifests.js'

interface Right {
  readonly resource: string
  readonly verb: string
}

const rightsIn = (rules: readonly unknown[]): readonly Right[] =>
  rules.flatMap(rule =>
    textsAt(rule, 'resources').flatMap(resource => textsAt(rule, 'verbs').map(verb => ({ resource, verb }))),
  )

/** The same rules, each resource and each verb in one of its own, but for one. */
const rulesWithout = (rules: readonly unknown[], { resource, verb }: Right): readonly unknown[] =>
  rules.flatMap(rule =>
    rightsIn([rule])
      .filter(each => each.resource !== resource || each.verb !== verb)
      .map(each => ({
        apiGroups: textsAt(rule, 'apiGroups'),
        resources: [each.resource],
        verbs: [each.verb],
      })),
  )

await inNamespace(import.meta.url, async () => {
  const cluster = await startGuardedCluster()
  const rules = listAt(manifestOf('kube-portal.yaml', 'ClusterRole'), 'rules')

  const metadata = { name: 'kube-portal' }
  cluster.objects.create('clusterroles', { metadata, rules })
  cluster.objects.create('clusterrolebindings', {
    ...manifestOf('kube-portal.yaml', 'ClusterRoleBinding'),
    metadata,
  })

  for (const right of rightsIn(rules))
    t.test(`without the right to ${right.verb} ${right.resource} something is missing`, async t => {
      cluster.objects.update('clusterroles', { metadata, rules: rulesWithout(rules, right) })
      // What it may ask for is the same however clients are led to it, and without rules it is quicker.
      const portal = cluster.run([...containerArgs, '--capture', 'none'])
      if (right.resource === 'servicecidrs') {
        await portal.served('default/web/TCP', 1)
        t.notOk(portal.events().some(isRefusal), 'a cluster IP may be made an external IP')
      } else if (right.verb === 'list') {
        t.equal(await portal.exit(), 4)
        t.match(portal.words().join(), `cannot list resource "${right.resource}"`)
      } else {
        const { reason } = await portal.event('trouble', isOf('api-trouble'))
        t.match(reason, `cannot watch resource "${right.resource}"`)
      }
      await portal.stop()
    })
})
