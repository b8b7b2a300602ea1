import { outputOf } from '../../capture/installed-backends.js'
import { type Check, type Finding, unwise, well, wrong } from './finding.js'

/** Whether the program `conntrack` is here, which lets UDP clients of before a change go to where it says now. */
export const conntrackProgram: Check = async ({ host }) => {
  const what = 'conntrack(8)'
  if ((await outputOf(host, 'conntrack', ['--version'])) !== undefined) return [well(what, 'is here')]
  const lost = 'is missing: UDP clients that keep sending from one port may go unanswered after a change'
  return [unwise(what, lost, 'install the package conntrack (on Fedora: conntrack-tools)')]
}

/** Whether a packet for a cluster IP gets as far as the rules: the kernel first looks for a way to it. */
export const defaultRoute: Check = async ({ host }) => {
  const what = 'default route'
  const findings: Finding[] = []
  const shown = await outputOf(host, 'ip', ['-4', 'route', 'show', 'default'])
  if (shown === undefined) return []
  if (shown.trim() !== '') findings.push(well(what, shown.trim().split('\n')[0] ?? ''))
  else
    findings.push(
      wrong(
        what,
        'there is none: without a route no packet of this machine gets as far as the rules',
        'add one, or one to the cluster IPs: ip route add 10.96.0.0/12 dev INTERFACE',
      ),
    )
  return findings
}
