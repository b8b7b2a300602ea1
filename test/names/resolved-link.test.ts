import t from 'tap'
import type { Host, Output } from '../../lib/host/host.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { checkResolved, openLink, removeLink } from '../../lib/names/resolved-link.js'

/*
 * What resolvectl says, as others recorded it: systemd does not run where these tests do.
 * https://github.com/systemd/systemd/issues/18855 (status), https://github.com/NixOS/nixpkgs/issues/55765 and
 * https://github.com/adrienverge/openfortivpn/issues/514 (not running).
 */
const status = `Global
       Protocols: +LLMNR +mDNS -DNSOverTLS DNSSEC=no/unsupported
resolv.conf mode: stub

Link 5 (wlp4s0)
    Current Scopes: DNS LLMNR/IPv4 LLMNR/IPv6
         Protocols: +DefaultRoute +LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported
Current DNS Server: 192.168.1.1
       DNS Servers: 192.168.1.1 fdb8:7b34:b3d9::1
        DNS Domain: lan
`
const notFound = 'Failed to get global data: Unit dbus-org.freedesktop.resolve1.service not found.\n'
const noPeer = 'Failed to set DNS configuration: Could not activate remote peer.\n'

/** A machine on which programs answer so, that takes notes of them. The link is there from when it was added. */
const machineWith = (answers: Readonly<Record<string, string>> = {}, hasLink = false) => {
  const ran: string[] = []
  let there = hasLink
  const host: Pick<Host, 'run' | 'readFile'> = {
    run: (program, args): Promise<Output> => {
      const command = [program, ...args].join(' ')
      ran.push(command)
      if (command.startsWith('ip link add')) there = true
      if (command.startsWith('ip link delete')) there = false
      const stderr = Object.entries(answers).find(([beginning]) => command.startsWith(beginning))?.[1]
      return Promise.resolve({ code: stderr === undefined ? 0 : 1, stdout: status, stderr: stderr ?? '' })
    },
    readFile: path =>
      Promise.resolve(there && path === '/sys/class/net/kube-portal0/ifindex' ? '7\n' : undefined),
  }
  return { host, ran }
}

const dns = { server: ipAddress('10.96.0.10'), domain: 'cluster.local' }
const made = [
  'ip link add kube-portal0 type dummy',
  'ip address add 203.0.113.254/32 dev kube-portal0',
  'ip link set kube-portal0 up',
  'resolvectl dns kube-portal0 10.96.0.10',
  'resolvectl domain kube-portal0 ~cluster.local',
  'resolvectl default-route kube-portal0 false',
]

t.test('resolved is asked for the names of the cluster only, by a link of our own', async t => {
  const { host, ran } = machineWith()
  await openLink(host, dns)
  t.strictSame(ran, made)
})

t.test('a link of a run before is made anew', async t => {
  const { host, ran } = machineWith({}, true)
  await openLink(host, dns)
  t.strictSame(ran, ['ip link delete kube-portal0', ...made])
})

t.test('to undo it is to take the link away, where there is one', async t => {
  const { host, ran } = machineWith({}, true)
  t.strictSame(await removeLink(host), [
    "the link kube-portal0, by which systemd-resolved asks the cluster's DNS",
  ])
  t.strictSame(await removeLink(host), [])
  t.strictSame(ran, ['ip link delete kube-portal0'])
})

t.test('where resolved does not run, it is said what to do, and nothing is left', async t => {
  const cure = 'systemctl enable --now systemd-resolved, or use --dns hosts'
  await t.rejects(checkResolved(machineWith({ 'resolvectl status': notFound }).host), {
    ...{ code: 'missing', cure },
    message: `systemd-resolved does not run: ${notFound.trim()}`,
  })
  const { host, ran } = machineWith({ 'resolvectl dns': noPeer })
  await t.rejects(openLink(host, dns), { code: 'missing', cure })
  t.equal(ran.at(-1), 'ip link delete kube-portal0')
  await t.resolves(checkResolved(machineWith().host))
})

t.test('where resolvectl is not there, it is said what to install', async t => {
  const missing = Object.assign(new Error('spawn resolvectl ENOENT'), { code: 'ENOENT' })
  const host = { run: () => Promise.reject(missing) }
  await t.rejects(checkResolved(host), {
    ...{ code: 'missing', message: 'there is no program resolvectl here' },
    cure: 'install systemd-resolved, or use --dns hosts',
  })
})

t.test('what else fails is said as it was', async t => {
  const { host } = machineWith({ 'ip link add': 'Error: Unknown device type.\n' })
  await t.rejects(openLink(host, dns), {
    ...{ code: 'failed', cure: 'use --dns hosts' },
    message: 'ip link add kube-portal0 type dummy: Error: Unknown device type.',
  })
})
