import t from 'tap'
import { diagnose } from '../../lib/cli/doctor/diagnose.js'
import { reportText } from '../../lib/cli/doctor/report-text.js'
import { connectCure } from '../../lib/cli/explain/portal-findings.js'
import { portRange } from '../../lib/model/port-range.js'
import { type DarwinHost, darwinHost } from './darwin-host.js'
import { listener, noRoute } from './recorded.js'

const told = async ({ host }: DarwinHost, isRoot: boolean, running?: string): Promise<string> => {
  const localPorts = portRange('14000-29999')
  const findings = await diagnose({ host, addresses: [], localPorts, mayReadRules: isRoot, running })
  // What Node may have open is this machine's.
  return reportText(
    findings.filter(({ what }) => what !== 'open files'),
    80,
  )
}

t.test('a Mac on which all is well is told so, without a word of what only Linux has', async t => {
  const mac = darwinHost()
  mac.says.set('netstat -anl -p tcp', {})
  t.equal(
    await told(mac, true, '4711'),
    `ok    kube-portal    runs here, as process 4711
ok    privileges     lo0 may be given addresses by this user
ok    capture        bind, by addresses on lo0; redirect and dnat are not looked
                     at: macOS has no iptables
ok    default route  default via 192.0.2.1 dev en1

nothing is wrong
`,
  )
})

t.test('what is in the way on a Mac is told, and who is', async t => {
  const mac = darwinHost()
  mac.says.set('lsof -nP -iTCP:10256 -sTCP:LISTEN -Fpc', { stdout: listener })
  mac.says.set('route -n get default', { stderr: noRoute })
  mac.lo0.add('10.96.31.4')
  mac.files.set('/var/run/kube-portal/lo0-ipv4', '10.96.31.4\n10.96.31.5\n')
  t.equal(
    await told(mac, true),
    `note  kube-portal    does not run here
                     what to do: kube-portal run
ok    privileges     lo0 may be given addresses by this user
ok    capture        bind, by addresses on lo0; redirect and dnat are not looked
                     at: macOS has no iptables
WRONG leftovers      an earlier run left IPv4 address 10.96.31.4 on lo0; nobody
                     serves who is led by that
                     what to do: start kube-portal again, which takes them on,
                     or remove them: kube-portal cleanup
WRONG port 10256     kube-proxy (process 4711) listens there
                     what to do: end it (kube-proxy?), or --healthz-bind-address
ok    port 10249     free
note  default route  there is none: not in table
                     what to do: nothing, where the cluster runs on this machine

2 things are wrong, 2 notes
`,
  )
  t.strictSame(mac.changes, [])
})

t.test('an ordinary user of a Mac is told what works without root', async t => {
  const mac = darwinHost()
  mac.says.set('id -u', { stdout: '501\n' })
  t.match(
    await told(mac, false, 'unknown'),
    `note  privileges     no right to give lo0 addresses: only root may
                     what to do: run it with sudo; --capture socks and none need
                     no privilege
`,
  )
})

t.test('a portal that does not answer on a Mac is a matter of lo0, not of iptables', t => {
  for (const code of ['ENETUNREACH', 'ETIMEDOUT', 'ECONNREFUSED', 'EHOSTUNREACH'])
    t.match(connectCure(code, 'darwin'), /^see whether lo0 has the address/, code)
  t.match(connectCure('ECONNREFUSED', 'linux'), /iptables-save$/)
  t.equal(connectCure('EACCES', 'darwin'), 'see what the reason says')
  t.end()
})
