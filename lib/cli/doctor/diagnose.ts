import { errorText } from '../../model/error-text.js'
import { captures, darwinDefaultRoute, rootAlone } from './darwin.js'
import type { Check, Examined, Finding } from './finding.js'
import { instance } from './instance.js'
import { iptables } from './iptables.js'
import { leftovers } from './leftovers.js'
import { conntrackTable, openFiles } from './limits.js'
import { ports } from './ports.js'
import { privileges } from './privileges.js'
import { conntrackProgram, defaultRoute } from './programs.js'
import { bypass, kubeProxy } from './rivals.js'
import { localPortRange, timeWait } from './sysctls.js'

/** With the right to read rules, or none is made. */
const readingRules =
  (check: Check): Check =>
  examined =>
    examined.mayReadRules ? check(examined) : Promise.resolve([])

/** In the order in which they are told. */
const linuxChecks: Readonly<Record<string, Check>> = {
  instance,
  privileges,
  iptables: readingRules(iptables),
  'kube-proxy': readingRules(kubeProxy),
  CNI: bypass,
  leftovers: readingRules(leftovers),
  ports,
  'default route': defaultRoute,
  conntrack: conntrackProgram,
  'conntrack table': conntrackTable,
  'open files': openFiles,
  'local ports': localPortRange,
  tcp_tw_reuse: timeWait,
}

const darwinChecks: Readonly<Record<string, Check>> = {
  instance,
  privileges: rootAlone,
  capture: captures,
  leftovers: readingRules(leftovers),
  ports,
  'default route': darwinDefaultRoute,
  'open files': openFiles,
}

const looked = async (name: string, check: Check, examined: Examined): Promise<readonly Finding[]> => {
  try {
    return await check(examined)
  } catch (error) {
    const cure = 'see what the reason says; with sudo more can be looked at'
    return [{ what: name, state: 'unwise', text: `cannot be looked at: ${errorText(error)}`, cure }]
  }
}

/** Looks at all that kube-portal needs, and at what may get in its way. Changes nothing; what cannot be looked at is a finding. */
export const diagnose = async (examined: Examined): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  // One after the other: some of them run the same programs, which lock each other out.
  const checks = examined.host.platform === 'darwin' ? darwinChecks : linuxChecks
  for (const [name, check] of Object.entries(checks)) findings.push(...(await looked(name, check, examined)))
  return findings
}
