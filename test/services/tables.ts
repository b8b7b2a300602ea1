import { machine } from '../../lib/host/machine.js'
import type { Family } from '../../lib/model/ip-address.js'
import { attempt, succeed } from '../../lib/sandbox/network/command.js'
import type { Backend } from './each-backend.js'

const programOf = (backend: Backend, family: Family): string =>
  `${family === 'IPv4' ? 'iptables' : 'ip6tables'}-${backend}`

/** Adds what `iptables-restore` is given, one table after the other, to the rules of this namespace. */
export const addRules = (backend: Backend, family: Family, text: string): Promise<void> =>
  succeed(machine, [`${programOf(backend, family)}-restore`, '--noflush'], text)

/** All rules of this namespace in one family, table by table, in their order. */
export const rulesNow = async (backend: Backend, family: Family): Promise<readonly string[]> => {
  const { stdout } = await attempt(machine, [`${programOf(backend, family)}-save`])
  // Comments have the time in them, and chains their counters.
  return stdout
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.replace(/ \[\d+:\d+\]$/, ''))
}

const ours = /KUBE-(?:PORTALS-(?:CONTAINER|HOST)|NODEPORT-(?:CONTAINER|HOST|NON-LOCAL)|PORTAL-)/

/** The same without those that kube-portal made. */
export const foreignRules = async (backend: Backend, family: Family): Promise<readonly string[]> =>
  (await rulesNow(backend, family)).filter(line => !ours.test(line))
