import { availableFamilies } from '../../capture/available-families.js'
import type { Backend } from '../../capture/backend.js'
import { chooseBackend } from '../../capture/choose-backend.js'
import { heldRules, installedBackends } from '../../capture/installed-backends.js'
import { Failure } from '../../model/failure.js'
import { type Check, type Finding, unwise, well, wrong } from './finding.js'

const what = 'iptables'

/** By the chains that they make. */
const users: Readonly<Record<string, RegExp>> = {
  Docker: /^:DOCKER/m,
  kubelet: /^:KUBE-(?:IPTABLES-HINT|KUBELET-CANARY|FIREWALL)/m,
  'kube-proxy': /^:KUBE-(?:SVC|SEP)-/m,
  Calico: /^:cali-/m,
  Cilium: /^:(?:OLD_)?CILIUM_/m,
  Flannel: /^:FLANNEL-/m,
  'kube-router': /^:KUBE-ROUTER/m,
  Weave: /^:WEAVE/m,
  'a CNI plugin': /^:CNI-/m,
  firewalld: /^:(?:IN_public|FWD[IO]_|INPUT_ZONES)/m,
  ufw: /^:ufw6?-/m,
}

export const usersOf = (saved: string): readonly string[] =>
  Object.entries(users)
    .filter(([, chain]) => chain.test(saved))
    .map(([name]) => name)

const usage = async (backend: Backend, { host }: Parameters<Check>[0]): Promise<string> => {
  const found = usersOf(await heldRules(host, backend, 'IPv4'))
  return found.length === 0 ? '' : `; it also holds rules of ${found.join(', ')}`
}

const choice: Check = async examined => {
  const { host } = examined
  const { backend, warning } = await chooseBackend(host)
  const { families, unavailable } = await availableFamilies(host, backend)
  const installed = (await installedBackends(host, 'IPv4')).map(({ kind }) => kind)
  const used = `${backend.kind} would be used (of ${installed.join(' and ')})${await usage(backend, examined)}`
  const findings: Finding[] = []
  if (warning === undefined) findings.push(well(what, used))
  else
    findings.push(
      unwise(
        what,
        `${used}; both kinds hold rules, and neither sees the other's`,
        'move all to one kind with update-alternatives, or choose with --iptables-backend',
      ),
    )
  for (const family of families) findings.push(well(family, 'its tables work'))
  for (const { family, reason } of unavailable)
    findings.push(
      family === 'IPv4'
        ? wrong(
            family,
            `not served: ${reason}`,
            'see what it says; a module may be missing: modprobe iptable_nat',
          )
        : unwise(family, `not served: ${reason}`, 'nothing, where no Service has it'),
    )
  return findings
}

/** Which iptables is used, who else uses it, and whether it works. */
export const iptables: Check = async examined => {
  try {
    return await choice(examined)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [wrong(what, error.message, error.cure)]
  }
}
