import t from 'tap'
import { mistakeText } from '../../lib/config/mistake.js'
import { readConfiguration } from '../../lib/config/read.js'

const proxy = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n'
const portal = 'apiVersion: kube-portal.dev/v1alpha1\nkind: KubePortalConfiguration\n'

const mistakes: readonly (readonly [what: string, text: string, said: readonly string[]])[] = [
  ['an empty file', '', ['f:1:1: the file is empty']],
  ['a file of comments', '# nothing\n---\n', ['f:1:1: the file is empty']],
  [
    'a file that is too long',
    `${proxy}# ${'x'.repeat(10 << 20)}\n`,
    ['f:1:1: this is longer than 256 kB, and so no configuration'],
  ],
  ['a text', 'nonsense\n', ['f:1:1: fields with values are expected, not "nonsense"']],
  [
    'a list',
    '- kind: KubeProxyConfiguration\n',
    ['f:1:1: fields with values are expected, not [{"kind":"KubeProxyConfiguration"}]'],
  ],
  [
    'no kind',
    'mode: ipvs\n',
    ['f:1:1: kind: it is missing: KubeProxyConfiguration or KubePortalConfiguration'],
  ],
  [
    'another kind',
    `${portal}---\nkind: KubeletConfiguration\n`,
    [
      'f:4:7: kind: KubeProxyConfiguration or KubePortalConfiguration is expected, not "KubeletConfiguration"',
    ],
  ],
  [
    'the ConfigMap that it is in',
    'apiVersion: v1\nkind: ConfigMap\ndata: {}\n',
    ['f:2:7: kind: this is the whole ConfigMap; save what is in its data, config.conf, as a file'],
  ],
  [
    'another version',
    'apiVersion: kubeproxy.config.k8s.io/v1beta1\nkind: KubeProxyConfiguration\n',
    [
      'f:1:13: apiVersion: a KubeProxyConfiguration is of kubeproxy.config.k8s.io/v1alpha1, not "kubeproxy.config.k8s.io/v1beta1"',
    ],
  ],
  [
    'no version',
    'kind: KubePortalConfiguration\n',
    ['f:1:1: apiVersion: a KubePortalConfiguration is of kube-portal.dev/v1alpha1, not null'],
  ],
  [
    'two documents of one kind',
    `${proxy}---\n${portal}---\n${proxy}`,
    ['f:8:1: kind: there is a KubeProxyConfiguration at line 2 already'],
  ],
  ['a tab', `${proxy}iptables:\n\tsyncPeriod: 30s\n`, ['f:4:1: Tabs are not allowed as indentation']],
  ['a field that is there twice', `${proxy}mode: ipvs\nmode: ipvs\n`, ['f:4:1: Map keys must be unique']],
  ['a quote that does not end', `${proxy}hostnameOverride: "node\n`, ['f:4:1: Missing closing "quote']],
  ['an alias of nothing', `${proxy}clusterCIDR: *pods\n`, ['f:3:14: there is no &pods before this']],
  ['an alias of what it is in', `${proxy}clusterCIDR: &a [*a]\n`, ['f:3:18: &a would be in itself']],
  [
    'names that are no texts',
    `${proxy}1: 2\n? [a]\n: 5\n__proto__: 1\n`,
    [
      'f:1:1: [ a ]: there is no such field',
      'f:3:1: [1]: there is no such field',
      'f:6:1: __proto__: there is no such field',
    ],
  ],
  [
    'slips of the fingers',
    `${proxy}clusterCidr: 10.0.0.0/8\niptables:\n  syncPriod: 30s\n  masquerade: true\nsyncPeriod: 1s\nnonsense: {}\n`,
    [
      'f:3:1: clusterCidr: there is no such field; did you mean clusterCIDR?',
      'f:5:3: iptables.syncPriod: there is no such field; did you mean iptables.syncPeriod?',
      'f:6:3: iptables.masquerade: there is no such field',
      'f:7:1: syncPeriod: there is no such field; did you mean iptables.syncPeriod?',
      'f:8:1: nonsense: there is no such field',
    ],
  ],
  [
    "a field in the other one's document",
    `${proxy}drainTimeout: 1s\n---\n${portal}udpIdleTimeout: 1s\n`,
    [
      'f:3:1: drainTimeout: there is no such field; did you mean drainTimeout of a KubePortalConfiguration, in a document of its own?',
      'f:7:1: udpIdleTimeout: there is no such field; did you mean udpIdleTimeout of a KubeProxyConfiguration, in a document of its own?',
    ],
  ],
  [
    'values of another type',
    `${proxy}healthzBindAddress: 10256
udpIdleTimeout: 30
iptables: 30s
bindAddressHardFail: "true"
oomScoreAdj: low
nodePortAddresses: 10.0.0.0/8
ipvs: {excludeCIDRs: [10.0.0.0/8, 5]}
featureGates: {A: maybe}
conntrack: {udpTimeout: 5 s, min: 1.5}
mode: fast
`,
    [
      'f:3:21: healthzBindAddress: a text is expected, not 10256: put it in quotes',
      'f:4:17: udpIdleTimeout: a duration such as 10s, 1m30s or 250ms is expected, not 30',
      'f:5:11: iptables: fields with values are expected, not "30s"',
      'f:6:22: bindAddressHardFail: true or false is expected, not "true"',
      'f:7:14: oomScoreAdj: a whole number is expected, not "low"',
      'f:8:20: nodePortAddresses: a list of texts is expected, not "10.0.0.0/8"',
      'f:9:35: ipvs.excludeCIDRs[1]: a text is expected, not 5: put it in quotes',
      'f:10:19: featureGates.A: true or false is expected, not "maybe"',
      'f:11:25: conntrack.udpTimeout: a duration such as 10s, 1m30s or 250ms is expected, not "5 s"',
      'f:11:35: conntrack.min: a whole number is expected, not 1.5',
      'f:12:7: mode: userspace, iptables, ipvs, nftables or kernelspace is expected, not "fast"',
    ],
  ],
  [
    'what an alias stands for',
    `${proxy}nftables: &same {syncPeriod: 5}\nipvs: *same\n`,
    [
      'f:3:30: ipvs.syncPeriod: a duration such as 10s, 1m30s or 250ms is expected, not 5',
      'f:3:30: nftables.syncPeriod: a duration such as 10s, 1m30s or 250ms is expected, not 5',
    ],
  ],
  [
    'mistakes of JSON',
    '{\r\n  "apiVersion": "kube-portal.dev/v1alpha1",\r\n  "kind": "KubePortalConfiguration",\r\n  "capture": "iptables"\r\n}\r\n',
    ['f:4:14: capture: auto, redirect, dnat, bind, socks or none is expected, not "iptables"'],
  ],
]

for (const [what, text, said] of mistakes)
  t.test(`${what}: said with line, column and field`, async t => {
    t.strictSame(
      readConfiguration(text).mistakes.map(mistake => mistakeText('f', mistake)),
      said,
    )
  })

t.test('a flood of mistakes, or of aliases, is over soon', async t => {
  const fields = Array.from({ length: 5000 }, (_, number) => `field${number}: 1\n`).join('')
  t.equal(readConfiguration(`${proxy}${fields}`).mistakes.length, 100)
  const levels = Array.from(
    { length: 9 },
    (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]\n`,
  )
  const { mistakes: bomb } = readConfiguration(`${proxy}a0: &a0 [x]\n${levels.join('')}`)
  t.strictSame(
    bomb.map(({ text }) => text),
    ['Excessive alias count indicates a resource exhaustion attack'],
  )
})
