import { readFileSync } from 'node:fs'
import t from 'tap'
import { notAppliedText } from '../../lib/config/not-applied.js'
import { readConfiguration } from '../../lib/config/read.js'

/** The options that a file of this folder sets, what has no effect, and what is wrong. */
const read = (
  name: string,
): { options: Record<string, unknown>; notApplied: string; mistakes: readonly unknown[] } => {
  const { settings, notApplied, mistakes } = readConfiguration(
    readFileSync(`test/config/files/${name}`, 'utf8'),
  )
  const options = Object.fromEntries(settings.map(({ option, value }) => [option, value]))
  return { options, notApplied: notAppliedText(notApplied), mistakes }
}

t.test("kubeadm's file says where the kubeconfig and the pods are, and all else is a default", async t => {
  t.strictSame(read('kubeadm-1.29.conf'), {
    options: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf', clusterCidr: '10.244.0.0/16' },
    notApplied: '',
    mistakes: [],
  })
})

t.test("kubeadm's file for two families, with node ports at the primary addresses", async t => {
  t.strictSame(read('kubeadm-1.34.conf'), {
    options: {
      kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf',
      metricsBindAddress: '0.0.0.0:10249',
      clusterCidr: '10.244.0.0/16,fd00:10:244::/56',
      nodeportAddresses: 'primary',
    },
    notApplied: '',
    mistakes: [],
  })
})

t.test('the file of a node built by hand', async t => {
  t.strictSame(read('by-hand.conf'), {
    options: { kubeconfig: '/var/lib/kube-proxy/kubeconfig', clusterCidr: '10.200.0.0/16' },
    notApplied: 'mode (Services are served in userspace, whatever is said here)',
    mistakes: [],
  })
})

t.test(
  'a file for IPVS with limits of its own is taken, and what has no effect is named with the reason',
  async t => {
    t.strictSame(read('kubespray.conf'), {
      options: {
        kubeconfig: '/etc/kubernetes/kube-proxy.conf',
        hostnameOverride: 'node1',
        healthzBindAddress: '0.0.0.0:10256',
        metricsBindAddress: '127.0.0.1:10249',
        clusterCidr: '10.233.64.0/18',
        iptablesSyncPeriod: '45s',
      },
      notApplied: [
        "bindAddress (listeners are at all of the node's addresses, and closed to whoever was not led there)",
        'clientConnection.burst, clientConnection.qps (two or three requests are made, and their answers watched)',
        'clientConnection.contentType (objects are asked for as JSON)',
        'configSyncPeriod (changes are watched, and nothing is asked for anew)',
        'conntrack.maxPerCore, conntrack.min, conntrack.tcpCloseWaitTimeout, conntrack.tcpEstablishedTimeout (no sysctl is changed; set it in /etc/sysctl.d)',
        "iptables.masqueradeBit (endpoints see the node's address anyway)",
        'ipvs.scheduler, ipvs.syncPeriod, ipvs.strictARP, mode (Services are served in userspace, whatever is said here)',
        'oomScoreAdj (whoever starts this sets it (OOMScoreAdjust= in a unit))',
      ].join('; '),
      mistakes: [],
    })
  },
)

const settingsOf = (text: string): readonly unknown[] => {
  const { settings, mistakes } = readConfiguration(text)
  t.strictSame(mistakes, [])
  return settings.map(({ option, value }) => [option, value])
}

const proxy = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'
const portal = 'apiVersion: kube-portal.dev/v1alpha1\nkind: KubePortalConfiguration\n'

t.test('both documents may be in a file, in any order, or one alone; empty ones do not count', async t => {
  const one = [['hostnameOverride', 'node-1']]
  const other = [['drainTimeout', '1m']]
  const [first, second] = [`${proxy}hostnameOverride: node-1\n`, `${portal}drainTimeout: 1m\n`]
  t.strictSame(settingsOf(`${first}---\n${second}`), [...one, ...other])
  t.strictSame(settingsOf(`---\n${second}---\n# nothing\n---\n${first}---\n`), [...other, ...one])
  t.strictSame(settingsOf(second), other)
})

t.test('a file may be JSON, and have lines that end as on Windows, and a byte order mark', async t => {
  const json = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    portRange: '15000+99',
  }
  t.strictSame(settingsOf(JSON.stringify(json)), [['proxyPortRange', '15000+99']])
  t.strictSame(settingsOf(`\uFEFF${proxy}portRange: 15000+99\n`.replaceAll('\n', '\r\n')), [
    ['proxyPortRange', '15000+99'],
  ])
})

t.test("0 is the default in kube-proxy's document, and means 0 in ours", async t => {
  t.strictSame(settingsOf(`${proxy}udpIdleTimeout: 0s\nportRange: 0-0\nlogging: {verbosity: 0}\n`), [])
  t.strictSame(settingsOf(`${portal}drainTimeout: 0s\nmetricsServices: 0\nforce: false\n`), [
    ['drainTimeout', '0s'],
    ['metricsServices', '0'],
  ])
})

t.test('what stands more than once may be written once: anchors, and merged fields', async t => {
  const text = `${portal}externalCIDRs: &ranges [203.0.113.0/24, 198.51.100.0/24]\nserviceClusterIPRange: *ranges\n`
  t.strictSame(settingsOf(text), [
    ['externalCidrs', '203.0.113.0/24,198.51.100.0/24'],
    ['serviceClusterIpRange', '203.0.113.0/24,198.51.100.0/24'],
  ])
  t.strictSame(
    settingsOf(`${proxy}nftables: &same {syncPeriod: 0s}\niptables: {<<: *same, minSyncPeriod: 2s}\n`),
    [['iptablesMinSyncPeriod', '2s']],
  )
})

t.test('yes and off are true and false, as for kube-proxy', async t => {
  t.strictSame(settingsOf(`${portal}force: yes\n`), [['force', true]])
  t.strictSame(settingsOf(`${portal}force: off\n`), [])
})

t.test('whether node ports are on loopback is ours already, so only the contrary is named', async t => {
  const named = (value: string): readonly string[] =>
    readConfiguration(`${proxy}iptables: {localhostNodePorts: ${value}}\n`).notApplied.map(({ name }) => name)
  t.strictSame(named('true'), [])
  t.strictSame(named('null'), [])
  t.strictSame(named('false'), ['iptables.localhostNodePorts'])
})
