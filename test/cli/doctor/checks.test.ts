import t from 'tap'
import type { Check, Finding } from '../../../lib/cli/doctor/finding.js'
import { instance } from '../../../lib/cli/doctor/instance.js'
import { usersOf } from '../../../lib/cli/doctor/iptables.js'
import { conntrackTable, openFiles } from '../../../lib/cli/doctor/limits.js'
import { privileges } from '../../../lib/cli/doctor/privileges.js'
import { bypass } from '../../../lib/cli/doctor/rivals.js'
import { localPortRange, timeWait } from '../../../lib/cli/doctor/sysctls.js'
import { machine } from '../../../lib/host/machine.js'
import { portRange } from '../../../lib/model/port-range.js'

/** What a check finds on a machine with these files, and no others: the first word, and the text. */
const found = async (check: Check, files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const findings = await check({
    host: { ...machine, readFile: path => Promise.resolve(files[path]) },
    ...{ addresses: [], localPorts: portRange('14000-29999'), mayReadRules: true, running: undefined },
  })
  return findings.map(({ state, text }: Finding) => `${state}: ${text}`)
}

const netfilter = '/proc/sys/net/netfilter/nf_conntrack'
const limits = (files: number) => ({
  '/proc/self/limits': `Max open files            ${files}                ${files}                files\n`,
})

t.test('an ordinary user is told what goes without rights, and that nothing is wrong', async t => {
  t.strictSame(await found(privileges, { '/proc/self/status': 'CapEff:\t0000000000000000\n' }), [
    'unwise: no right to write rules: CAP_NET_ADMIN and CAP_NET_RAW missing; without it, rules cannot be looked at either',
  ])
})

t.test('a run that changes nothing here is found, too', async t => {
  const examined = { host: machine, addresses: [], localPorts: portRange('14000-29999'), mayReadRules: false }
  const [finding] = await instance({ ...examined, running: undefined, beside: '7, with --capture socks' })
  t.match(finding, { state: 'well', text: 'runs here, as process 7, with --capture socks' })
})

t.test('few open files are unwise, and fewer than a start takes are wrong', async t => {
  t.strictSame(await found(openFiles, limits(65_536)), [
    'well: 65536 may be open: room for 32768 connections at once',
  ])
  t.strictSame(await found(openFiles, limits(1024)), [
    'unwise: 1024 may be open: room for 512 connections at once',
  ])
  t.strictSame(await found(openFiles, limits(256)), ['wrong: no more than 256 may be open, it takes 1024'])
})

t.test('a conntrack table that is nearly full is wrong, and one that is not there is nothing', async t => {
  const table = (count: number) => ({ [`${netfilter}_count`]: `${count}\n`, [`${netfilter}_max`]: '1000\n' })
  t.strictSame(await found(conntrackTable, table(10)), ['well: 10 of 1000 entries are taken'])
  t.strictSame(await found(conntrackTable, table(900)), [
    'wrong: 900 of 1000 entries are taken: beyond that, new connections are dropped',
  ])
  t.strictSame(await found(conntrackTable, {}), [])
})

t.test('tcp_tw_reuse is worth changing where it is not 1', async t => {
  const path = '/proc/sys/net/ipv4/tcp_tw_reuse'
  t.strictSame(await found(timeWait, { [path]: '1\n' }), [
    'well: 1: ports of ended connections are used again',
  ])
  t.match(await found(timeWait, { [path]: '2\n' }), [/^unwise: 2: some 470 new connections a second/])
})

t.test('local ports that the kernel gives to clients, too, are unwise', async t => {
  const path = '/proc/sys/net/ipv4/ip_local_port_range'
  t.strictSame(await found(localPortRange, { [path]: '32768\t60999\n' }), [
    "well: 14000-29999, out of the way of clients' (32768-60999)",
  ])
  t.match(await found(localPortRange, { [path]: '1024\t65535\n' }), [/^unwise: 14000-29999 overlap/])
})

t.test('CNIs that bypass nat are known by their interfaces', async t => {
  const path = '/proc/net/dev'
  t.strictSame(await found(bypass, { [path]: '    lo: 1 2 3\n  eth0: 1 2 3\n' }), [])
  t.strictSame(await found(bypass, { [path]: '    lo: 1 2 3\ncilium_host: 1 2 3\n' }), [
    'wrong: Cilium is here: it may translate Services before any rule of ours is asked',
  ])
  t.match(await found(bypass, { [path]: 'bpfin.cali: 1 2 3\n' }), [/Calico/])
})

t.test('who else uses iptables is known by the chains', async t => {
  t.strictSame(
    usersOf(
      '*nat\n:DOCKER - [0:0]\n:KUBE-SVC-ABC - [0:0]\n*filter\n:cali-INPUT - [0:0]\n:ufw-before-input - [0:0]\n',
    ),
    ['Docker', 'kube-proxy', 'Calico', 'ufw'],
  )
  t.strictSame(usersOf('*nat\n:PREROUTING ACCEPT [0:0]\n'), [])
})
