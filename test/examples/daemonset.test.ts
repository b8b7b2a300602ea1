import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace, needing } from '../namespace.js'
import { commandsIn, wordsOf } from './commands-in.js'
import { adminConfig, containerArgs, serverVariables, startGuardedCluster } from './cluster.js'

const kubectl = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await machine.run('kubectl', ['--kubeconfig', adminConfig, ...args], {
    timeout: seconds(30),
  })
  return stdout + stderr
}

await inNamespace(import.meta.url, async () => {
  const { skip } = await needing('kubectl', 'version', '--client')
  if (skip !== false) {
    t.pass('kubectl', { skip })
    return
  }
  const cluster = await startGuardedCluster()

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

  t.test("the guide's commands put kube-proxy away, and back as it was", async t => {
    const command = [
      ...['/usr/local/bin/kube-proxy', '--config=/var/lib/kube-proxy/config.conf'],
      '--hostname-override=$(NODE_NAME)',
    ]
    const labels = { 'k8s-app': 'kube-proxy' }
    cluster.objects.create('daemonsets', {
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: 'kube-proxy', image: 'kube-proxy', command }],
            nodeSelector: { 'kubernetes.io/os': 'linux' },
          },
        },
      },
    })
    const spec = (): unknown => cluster.objects.get('daemonsets', 'kube-system', 'kube-proxy')?.spec
    const before = spec()
    const patches = commandsIn('examples/daemonset/README.md').filter(line =>
      line.includes('patch daemonset'),
    )
    t.equal(patches.length, 3)
    const [clean = '', away = '', back = ''] = patches
    for (const each of [clean, away])
      t.match(await kubectl(...wordsOf(each).slice(1)), /kube-proxy patched$/m)
    t.match(spec(), {
      template: {
        spec: {
          containers: [{ command: ['/usr/local/bin/kube-proxy', '--cleanup'] }],
          nodeSelector: { 'kubernetes.io/os': 'linux', 'kube-portal.dev/replaced': 'true' },
        },
      },
    })
    t.match(await kubectl(...wordsOf(back).slice(1)), /kube-proxy patched$/m)
    t.strictSame(spec(), before)
  })

  t.test('with its arguments and rights it serves where nobody serves the API server yet', async t => {
    await cluster.serves(t, cluster.run())
  })

  t.test('it serves with the rules of iptables-legacy, too', async t => {
    await cluster.serves(t, cluster.run([...containerArgs, '--iptables-backend', 'legacy']))
  })

  t.test('without a kubeconfig it takes the API server from the environment', async t => {
    await cluster.serves(t, cluster.run([], ...serverVariables))
  })
})
