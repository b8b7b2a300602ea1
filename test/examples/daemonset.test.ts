import t, { type Test } from 'tap'
import { isOf, PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { listAt, textAt, textsAt } from '../../lib/sandbox/json.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { startSandbox } from '../../lib/sandbox/sandbox.js'
import { inNamespace, needing } from '../namespace.js'
import { clientsOf } from '../services/clients.js'
import { deployment, whenReady } from '../services/workloads.js'
import { asContainer } from './as-container.js'
import { container, kubeconfigAt, manifestOf } from './manifests.js'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const server = `https://${nodeAddress}:6443`
const token = 'of-the-service-account'
const [, ...args] = textsAt(container, 'args')

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

/** That an external IP is not served, as it is one of the cluster IPs'. */
const isRefusal = (event: ProxyEvent): boolean =>
  event.type === 'skipped' && event.object === 'Service default/web' && event.reason.includes('10.96.9.9')

await inNamespace(import.meta.url, async () => {
  const { skip } = await needing('kubectl', 'version', '--client')
  if (skip !== false) {
    t.pass('kubectl', { skip })
    return
  }
  const cluster = await startSandbox({
    ...{ host: machine, clock: realClock, now: () => new Date(), random: Math.random },
    ...{ grace: milliseconds(0), onTrouble: error => t.fail('a controller failed', { error }) },
    accounts: { [token]: { namespace: 'kube-system', name: 'kube-portal' } },
  })
  t.teardown(() => cluster.close())
  const { objects, nodeName } = cluster
  const { node } = clientsOf(cluster.pods)
  // What a kubelet would put into the pod.
  await machine.writeFile(`${account}/token`, token)
  await machine.writeFile(`${account}/ca.crt`, cluster.ca)
  await machine.writeFile('/run/kube-proxy/kubeconfig.conf', kubeconfigAt(server))
  await machine.writeFile('/run/admin.conf', cluster.kubeconfig)
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await machine.run('kubectl', ['--kubeconfig', '/run/admin.conf', ...args], {
      timeout: seconds(30),
    })
    return stdout + stderr
  }
  const run = (args: readonly string[], ...variables: readonly string[]): PortalProcess =>
    new PortalProcess(args, [...asContainer, 'env', '--unset=HOME', `NODE_NAME=${nodeName}`, ...variables])
  objects.create('deployments', deployment('web', {}))
  const [web] = await whenReady(objects, 'web')
  const { spec } = objects.create('services', {
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], externalIPs: ['10.96.9.9'] },
  })
  const there = { address: ipAddress(textAt(spec, 'clusterIP')), port: port(80) }
  const serves = async (t: Test, portal: PortalProcess): Promise<void> => {
    await portal.served('default/web/TCP', 1)
    t.equal(await node.tcp(there), web)
    t.strictSame(portal.events().filter(isOf('api-trouble')), [])
    t.notOk(portal.events().some(isOf('no-node')), 'it knows its Node')
    t.ok(portal.events().some(isRefusal), 'it knows where cluster IPs are')
    t.equal(await portal.stop(), 0)
  }

  t.test('kubectl applies all of it, and a second time changes nothing', async t => {
    const files = ['kube-portal.yaml', 'kind.yaml'].flatMap(name => ['-f', `examples/daemonset/${name}`])
    const made = [
      ...['serviceaccount/kube-portal', 'clusterrole.rbac.authorization.k8s.io/kube-portal'],
      ...['clusterrolebinding.rbac.authorization.k8s.io/kube-portal', 'daemonset.apps/kube-portal'],
      'configmap/kube-proxy',
    ]
    const all = (what: string): string => made.map(each => `${each} ${what}\n`).join('')
    t.equal(await kubectl('apply', ...files), all('created'))
    t.equal(await kubectl('apply', ...files), all('unchanged'))
  })

  t.test('with its arguments and rights it serves where nobody serves the API server yet', async t => {
    await serves(t, run(args))
  })

  t.test('it serves with the rules of iptables-legacy, too', async t => {
    await serves(t, run([...args, '--iptables-backend', 'legacy']))
  })

  t.test('without a kubeconfig it takes the API server from the environment', async t => {
    const where = [`KUBERNETES_SERVICE_HOST=${nodeAddress}`, 'KUBERNETES_SERVICE_PORT=6443']
    await serves(t, run([], ...where))
  })

  const rules = listAt(manifestOf('kube-portal.yaml', 'ClusterRole'), 'rules')

  const give = (rules: readonly unknown[]): void => {
    const role = objects.get('clusterroles', '', 'kube-portal')
    if (!role) throw new Error('kubectl has applied no ClusterRole')
    objects.update('clusterroles', { ...role, rules })
  }

  for (const right of rightsIn(rules))
    t.test(`without the right to ${right.verb} ${right.resource} something is missing`, async t => {
      give(rulesWithout(rules, right))
      const portal = run(args)
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
