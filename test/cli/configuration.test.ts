import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import t from 'tap'
import { configured } from '../../lib/cli/configuration/configured.js'
import { type EffectiveConfiguration, effectiveConfiguration } from '../../lib/cli/configuration/effective.js'
import { withRunOptions } from '../../lib/cli/options.js'
import { fileOf } from '../../lib/config/file-of.js'
import { kubeProxyFlags } from '../../lib/config/kube-proxy-flags.js'
import { kubePortal, program } from './command.js'

/** What is in force with these arguments of `kube-portal run`. */
const effectOf = async (...args: readonly string[]): Promise<EffectiveConfiguration> => {
  const command = withRunOptions(new Command()).exitOverride()
  await command.parseAsync(args, { from: 'user' })
  return effectiveConfiguration(await configured(command))
}

/** Something else than the default for each option that a file can set. */
const samples: Readonly<Record<string, string>> = {
  '--kubeconfig': '/etc/kubeconfig',
  '--context': 'home',
  '--master': 'https://192.0.2.1:6443',
  '--hostname-override': 'node-1',
  '--namespace': 'shop,kube-system',
  '--capture': 'none',
  '--reach': 'portforward',
  '--service-routes': 'never',
  '--allow-overlap': '',
  '--socks-bind-address': '[::1]:1081',
  '--dns': 'hosts',
  '--cluster-domain': 'example.internal',
  '--force': '',
  '--iptables-backend': 'nft',
  '--nodeport-addresses': 'primary,localhost,192.0.2.0/24',
  '--external-cidrs': '203.0.113.0/24,2001:db8::/32',
  '--service-cluster-ip-range': '10.96.0.0/12,fd00::/112',
  '--detect-local-mode': 'BridgeInterface',
  '--cluster-cidr': '10.244.0.0/16,fd00:1::/48',
  '--pod-bridge-interface': 'cni0',
  '--pod-interface-name-prefix': 'cali',
  '--proxy-port-range': '15000+99',
  '--iptables-sync-period': '1h5m',
  '--iptables-min-sync-period': '0',
  '--drain-timeout': '0s',
  '--tcp-idle-timeout': '1.5s',
  '--udp-timeout': '250ms',
  '--on-endpoint-gone': 'reset=90s',
  '--on-crash': 'undo',
  '--state-dir': '/var/lib/kube-portal',
  '--healthz-bind-address': '[::1]:8080',
  '--metrics-bind-address': '',
  '--metrics-services': '0',
  '--v': '4',
  '--logging-format': 'json',
}

/** How it is written on a command line. */
const sampleOf = (flag: string): readonly string[] => {
  const isSwitch = flag === '--force' || flag === '--allow-overlap'
  return isSwitch ? [flag] : [flag, samples[flag] ?? '']
}

/** What is no setting of a proxy that runs. */
const elsewhere = ['--config', '--strict-config', '--write-config-to', '--dry-run', '--cleanup', '--version']

t.test('a file can say all that a command line can', async t => {
  const flags = withRunOptions(new Command()).options.map(option => option.long)
  const others = [...kubeProxyFlags.map(({ flag }) => flag), ...elsewhere]
  t.strictSame(flags.filter(flag => !others.includes(flag ?? '')).sort(), Object.keys(samples).sort())
})

t.test('what --write-config-to writes means the same when it is read again', async t => {
  const file = `${t.testdir()}/effective.yaml`
  const usual = await effectOf()
  const withValue = Object.keys(samples).map(sampleOf)
  for (const args of [...withValue, withValue.flat()]) {
    const effect = await effectOf(...args)
    t.notSame(effect, usual, args.join(' '))
    writeFileSync(file, fileOf(Object.values(effect)))
    t.strictSame(await effectOf('--config', file), effect, args.join(' '))
  }
})

t.test('the example says what is in force without it, but for the kubeconfig', async t => {
  const file = 'examples/config/kube-portal.yaml'
  const kubeconfig = '/var/lib/kube-proxy/kubeconfig.conf'
  t.strictSame(await effectOf('--config', file), await effectOf('--kubeconfig', kubeconfig))
  t.strictSame(await kubePortal(['config', 'validate', file]), {
    ...{ code: 0, stderr: '' },
    stdout: 'examples/config/kube-portal.yaml can be used\n',
  })
})

t.test(
  'the example names each field that applies, and the schema beside it is the one that is printed',
  async t => {
    const text = readFileSync('examples/config/kube-portal.yaml', 'utf8')
    const { stdout } = await kubePortal(['config', 'schema'])
    const printed: unknown = JSON.parse(stdout)
    const published: unknown = JSON.parse(readFileSync('examples/config/kube-portal.schema.json', 'utf8'))
    t.strictSame(printed, published)
    for (const document of Object.values(await effectOf(...Object.keys(samples).flatMap(sampleOf))))
      for (const name of Object.keys(document))
        if (name !== 'mode') t.match(text, new RegExp(`^${name}:`, 'm'), name)
  },
)

const withoutTime = (text: string): string => text.replaceAll(/^\S+Z /gm, '')

t.test('flags win over the file, which is said', async t => {
  const folder = t.testdir()
  const args = [
    ...[
      'run',
      '--config',
      'test/config/files/kubespray.conf',
      '--write-config-to',
      `${folder}/effective.yaml`,
    ],
    ...['--hostname-override', 'node-2', '--iptables-sync-period=1m', '--cluster-cidr', '10.233.64.0/18'],
  ]
  const { code, stderr } = await kubePortal(args)
  t.equal(code, 0)
  t.equal(
    withoutTime(stderr).split('\n').at(-2),
    'info  flags win over test/config/files/kubespray.conf, which says --hostname-override node1, --iptables-sync-period 45s',
  )
  t.equal(
    readFileSync(`${folder}/effective.yaml`, 'utf8'),
    `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection:
  kubeconfig: /etc/kubernetes/kube-proxy.conf
hostnameOverride: node-2
healthzBindAddress: 0.0.0.0:10256
metricsBindAddress: 127.0.0.1:10249
clusterCIDR: 10.233.64.0/18
iptables:
  syncPeriod: 1m0s
  minSyncPeriod: 1s
portRange: 14000-29999
udpIdleTimeout: 2m0s
logging:
  format: text
  verbosity: 0
mode: userspace
---
apiVersion: kube-portal.dev/v1alpha1
kind: KubePortalConfiguration
capture: auto
reach: auto
serviceRoutes: auto
socksBindAddress: 127.0.0.1:1080
dns: none
clusterDomain: cluster.local
iptablesBackend: auto
drainTimeout: 10s
tcpIdleTimeout: 0s
onEndpointGone: keep
onCrash: auto
metricsServices: 1000
`,
  )
})

t.test("kube-proxy's command lines start us as they are, and what has no effect is said once", async t => {
  const args = [
    ...['run', '--write-config-to', `${t.testdir()}/effective.yaml`, '--cluster-cidr=10.42.0.0/16'],
    ...['--conntrack-max-per-core=0', '--conntrack-tcp-timeout-close-wait=0s'],
    ...['--conntrack-tcp-timeout-established', '24h0m0s', '--healthz-bind-address=127.0.0.1'],
    ...['--hostname-override=node-1', '--kubeconfig=/etc/kubeconfig', '--proxy-mode=iptables', '-v=2'],
    ...['--oom-score-adj', '-998', '--masquerade-all', '--profiling=false', '--bind-address', '0.0.0.0'],
    ...['--feature-gates=A=true,B=false', '--logtostderr=true', '--log_dir=/var/log', '--healthz-port=10256'],
  ]
  const { code, stdout, stderr } = await kubePortal(args)
  t.strictSame([code, stdout], [0, ''])
  t.equal(
    withoutTime(stderr),
    "warn  of no effect here: --feature-gates (there are no feature gates); --proxy-mode (Services are served in userspace, whatever is said here); --masquerade-all (endpoints see the node's address anyway); --conntrack-tcp-timeout-established (no sysctl is changed; set it in /etc/sysctl.d); --oom-score-adj (whoever starts this sets it (OOMScoreAdjust= in a unit)); --log_dir (the log goes to standard error)\n",
  )
})

t.test('under --strict-config, what has no effect is a usage error', async t => {
  const config = ['--config', 'test/config/files/by-hand.conf']
  t.strictSame(await kubePortal(['run', '--dry-run', '--strict-config', '--conntrack-min=5', ...config]), {
    ...{ code: 2, stdout: '' },
    stderr:
      'kube-portal: of no effect here: --conntrack-min (no sysctl is changed; set it in /etc/sysctl.d); mode (Services are served in userspace, whatever is said here)\n  what to do: take them out, or leave out --strict-config\n',
  })
})

const portal = 'apiVersion: kube-portal.dev/v1alpha1\nkind: KubePortalConfiguration\n'

t.test('a run with mistakes in its file ends with 2, and names them by file, line and field', async t => {
  const folder = t.testdir({
    'wrong.yaml': `${portal}onEndpointGone: close\ndrainTimout: 5s\nmaster: 192.0.2.1\n`,
  })
  const { code, stderr } = await kubePortal(['run', '--dry-run', '--config', `${folder}/wrong.yaml`])
  t.equal(code, 2)
  t.equal(
    stderr.replaceAll(folder, 'FOLDER'),
    `kube-portal: the configuration cannot be used:
  FOLDER/wrong.yaml:3:1: onEndpointGone: it is keep, reset, or reset=30s with a grace, not "close"
  FOLDER/wrong.yaml:4:1: drainTimout: there is no such field; did you mean drainTimeout?
  FOLDER/wrong.yaml:5:1: master: an API server is written like https://192.0.2.1:6443
  what to do: mend it; kube-portal config validate FILE tries it without starting anything
`,
  )
})

t.test('config validate says what is wrong in each file and what has no effect, and ends with 2', async t => {
  const folder = t.testdir({ 'wrong.yaml': `${portal}tcpIdleTimeout: 5\n---\nmode: ipvs\n` })
  const files = [
    'test/config/files/by-hand.conf',
    `${folder}/wrong.yaml`,
    folder,
    `${folder}/none`,
    '/proc/self/mem',
  ]
  const { code, stdout, stderr } = await kubePortal(['config', 'validate', ...files])
  t.strictSame([code, stderr], [2, ''])
  t.equal(
    stdout.replaceAll(folder, 'FOLDER'),
    `test/config/files/by-hand.conf:5:1: mode: of no effect here: Services are served in userspace, whatever is said here
test/config/files/by-hand.conf can be used
FOLDER/wrong.yaml:3:17: tcpIdleTimeout: a duration such as 10s, 1m30s or 250ms is expected, not 5
FOLDER/wrong.yaml:5:1: kind: it is missing: KubeProxyConfiguration or KubePortalConfiguration
FOLDER/wrong.yaml cannot be used
the configuration FOLDER cannot be read: it is a folder
the configuration FOLDER/none cannot be read: there is no such file
the configuration /proc/self/mem cannot be read: EIO: i/o error, read
`,
  )
})

t.test('written to /dev/stdout, it comes after what is in the file that our output goes to', async t => {
  const log = `${t.testdir()}/log`
  writeFileSync(log, 'before\n')
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, [program, 'run', '--write-config-to', '/dev/stdout'], {
    stdio: ['ignore', output, 'ignore'],
  })
  t.strictSame(await once(child, 'exit'), [0, null])
  closeSync(output)
  t.match(readFileSync(log, 'utf8'), /^before\napiVersion: kubeproxy/)
})

t.test('a file that cannot be written is a usage error', async t => {
  t.strictSame(await kubePortal(['run', '--write-config-to', '/nonexistent/file']), {
    ...{ code: 2, stdout: '' },
    stderr:
      "kube-portal: the configuration cannot be written: ENOENT: no such file or directory, open '/nonexistent/file'\n  what to do: name a file in a folder that is there, which this user may write\n",
  })
})
