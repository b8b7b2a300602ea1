import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import type { PortalTrouble } from '../model/node-event.js'
import { type ServicePort, verdictOf } from '../model/service-port.js'
import { type Trial, type Tried, tryPortal, type TryPortalOptions } from './try-portal.js'

export interface SelfTestParts extends Omit<TryPortalOptions, 'signal'> {
  readonly report: Report
}

const families: readonly Family[] = ['IPv4', 'IPv6']

/** Tries, from this machine, one portal of each family: whether what the rules say is what happens. */
export class SelfTest {
  readonly #parts: SelfTestParts
  readonly #outcomes = new Map<Family, Trial['outcome']>()
  readonly #closing = new AbortController()
  #underWay: Promise<readonly boolean[]> | undefined

  constructor(parts: SelfTestParts) {
    this.#parts = parts
  }

  /**
   * To be called whenever the rules for `servicePorts` are in force, and not to be waited for. Tries the families in which it
   * has not gone well yet, and reports what is new. Resolves with whether all families went well that have a portal to try. Never
   * rejects.
   */
  async look(servicePorts: readonly ServicePort[]): Promise<boolean> {
    if (this.#closing.signal.aborted) return false
    const trials = (this.#underWay ??= Promise.all(families.map(family => this.#try(family, servicePorts))))
    const went = await trials
    if (this.#underWay === trials) this.#underWay = undefined
    return went.every(Boolean)
  }

  /** Ends what is under way. May be called twice. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#underWay
  }

  async #try(family: Family, servicePorts: readonly ServicePort[]): Promise<boolean> {
    const before = this.#outcomes.get(family)
    const tried = before === 'well' ? undefined : portalToTry(family, servicePorts)
    if (!tried) return true
    const trial = await tryPortal(tried, { ...this.#parts, signal: this.#closing.signal })
    if (!trial) return false
    const { outcome } = trial
    if (outcome !== before) {
      this.#outcomes.set(family, outcome)
      const cured = outcome === 'well' ? trial : { ...trial, cure: cures[outcome] }
      this.#parts.report({ type: 'self-test', ...tried, ...cured })
    }
    return outcome === 'well'
  }
}

/** A cluster IP, as every Service that is proxied has one, and it is for everybody. */
const portalToTry = (family: Family, servicePorts: readonly ServicePort[]): Tried | undefined => {
  for (const servicePort of servicePorts) {
    if (servicePort.family !== family) continue
    const { id, name, portals } = servicePort
    if (name.protocol !== 'TCP' || verdictOf(servicePort) !== 'serve') continue
    const portal = portals.find(({ kind }) => kind === 'cluster-ip')
    if (portal?.kind === 'cluster-ip')
      return { servicePort: id, portal: { address: portal.address, port: portal.port } }
  }
  return undefined
}

const whereToLook = 'rules in INPUT or OUTPUT, or by nat rules that come before KUBE-PORTALS-HOST'

const cures: Readonly<Record<PortalTrouble, string>> = {
  bypassed:
    'something translates Services before our rules do, an eBPF CNI or another service proxy: switch that off, or leave Services to it',
  'no route':
    'add a default route, or one to the cluster IPs: without a route no packet gets as far as the rules',
  refused: `see whether it is refused by ${whereToLook}: iptables-save`,
  timeout: `see whether it is dropped by ${whereToLook}: iptables-save`,
  failed: 'see what the reason says; it is tried again with the next sync',
}
