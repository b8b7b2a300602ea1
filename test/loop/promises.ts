import type { Wanted } from '../../lib/capture/capture.js'
import type { Table } from '../../lib/capture/chains.js'
import { restoreText } from '../../lib/capture/restore-text.js'
import { rulesFor } from '../../lib/capture/rules.js'
import { savedRules } from '../../lib/capture/saved.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import type { Family } from '../../lib/model/ip-address.js'
import type { Port } from '../../lib/model/port.js'
import type { ServicePortId } from '../../lib/model/service-port.js'
import { emptySnapshot, type Snapshot } from '../../lib/model/snapshot.js'
import { Machine } from './machine.js'
import type { Socket } from './sockets.js'
import { type Probe, probesIn } from './probes.js'

const families = ['IPv4', 'IPv6'] as const

/** What holds in one family. */
interface Standing {
  /** Those that a process saw since what it saw last was put into force, that one first. */
  snapshots: readonly ReadonlyMap<string, Probe>[]
  /** Questions that were answered as they should be when that one was. */
  answered: ReadonlySet<string>
  /** Somebody else was at the rules, and we have not been there since. */
  disturbed: boolean
}

const nothingStands = (): Standing => ({ snapshots: [], answered: new Set(), disturbed: false })

/**
 * What is promised at every moment, and whether it is kept: looked at after each change of a table and each listener that
 * opens or closes.
 */
export class Promises {
  readonly broken: string[] = []
  readonly #machine: Machine
  readonly #standing: Record<Family, Standing> = { IPv4: nothingStands(), IPv6: nothingStands() }
  /** Local ports that rules of a process that was killed lead to. */
  #orphans: ReadonlySet<string> = new Set()
  #localPorts = new Map<ServicePortId, Port>()
  /** Those that cannot be listened for. */
  readonly #deaf = new Set<ServicePortId>()
  /** Questions that the cluster has answered without a break since we knew that it does. */
  #lasting: ReadonlySet<string> = new Set()
  /** Whether what was saved is not what was in force. */
  #isSpoiled = false
  /** Where rules of the process before this one stand, which may have known more than it saved. */
  #unsure: ReadonlySet<Family> = new Set()
  /** How much had gone wrong when the last process ended. */
  #hindrances = 0
  #latest: Snapshot = emptySnapshot
  #wanted: Wanted | undefined

  constructor(machine: Machine) {
    this.#machine = machine
  }

  /** What a process saw last. */
  get latest(): Snapshot {
    return this.#latest
  }

  readonly heard = (event: ProxyEvent): void => {
    if (event.type === 'listen-failed') this.#deaf.add(event.servicePort)
    if (event.type === 'listening') this.#deaf.delete(event.servicePort)
    // What is left of the rules is said, and its listeners end nevertheless.
    if (event.type === 'retire-failed') this.#orphans = new Set(this.#machine.targets())
  }

  readonly committed = (family: Family, table: Table): void => {
    this.#look(`after ${table} of ${family} changed`, family)
  }

  readonly refused = (family: Family, reason: string): void => {
    if (!this.#standing[family].disturbed) this.#break(`the kernel refused in ${family}: ${reason}`)
  }

  /** Somebody else changed the rules. */
  readonly disturbed = (family: Family): void => {
    this.#standing[family] = { ...this.#standing[family], answered: new Set(), disturbed: true }
  }

  wroteTooSoon(): void {
    this.#break('rules were written before everything was listed once')
  }

  socketChanged({ opening }: Socket, change: 'opened' | 'closed'): void {
    const { servicePort, port, address, family, protocol } = opening
    if (change === 'opened' && address === undefined) {
      const before = this.#localPorts.get(servicePort)
      if (before !== undefined && before !== port && !this.#machine.wasForeign(before))
        this.#break(`${servicePort} had the local port ${before}, and has ${port} now`)
      this.#localPorts.set(servicePort, port)
      const target = `${protocol} ${family} ${port}`
      this.#orphans = new Set([...this.#orphans].filter(each => each !== target))
    }
    this.#look(`after ${servicePort} ${change} ${address ?? ''}:${port}`, family)
  }

  /** A process looked at what the cluster is. */
  saw(snapshot: Snapshot): void {
    this.#latest = snapshot
    const probes = probesIn(snapshot)
    for (const family of families)
      this.#standing[family].snapshots = [...this.#standing[family].snapshots, probes]
    const ids = new Set(snapshot.servicePorts.map(({ id }) => id))
    for (const id of this.#localPorts.keys()) if (!ids.has(id)) this.#localPorts.delete(id)
    const served = servedIn(probes)
    for (const each of this.#lasting)
      if (!served.has(each)) this.#break(`the cluster serves ${each} all the time, and we missed it`)
  }

  /** The rules are what the last snapshot wants, but in the families that failed. */
  applied(wanted: Wanted, failed: readonly Family[]): void {
    this.#wanted = wanted
    for (const family of families) if (!failed.includes(family)) this.#settle(family)
  }

  /** A process has begun, and serves what it can of what the one before it saved. */
  resumed(saved: Snapshot, localPorts: ReadonlyMap<ServicePortId, Port>): void {
    const probes = probesIn(saved)
    for (const family of families) {
      this.#standing[family] = { ...this.#standing[family], snapshots: [probes] }
      if (!this.#standing[family].disturbed) this.#answer(family)
    }
    if (this.#isSpoiled) return
    for (const { id, name, family, endpoints } of saved.servicePorts) {
      const port = localPorts.get(id)
      const target = `${name.protocol} ${family} ${port}`
      if (endpoints.length === 0 || !this.#orphans.has(target) || this.#standing[family].disturbed) continue
      if (this.#machine.targets().includes(target) && this.#machine.hindrances === this.#hindrances)
        this.#break(`${id} was saved and its rule stands, but nobody is back at ${port}`)
    }
  }

  stopping(): void {
    for (const family of families)
      this.#standing[family] = { ...nothingStands(), disturbed: this.#standing[family].disturbed }
  }

  /** The process is gone. Rules that it left lead to nobody. */
  ended(how: 'stopped' | 'killed', hadTroubleSaving: boolean): void {
    const targets = this.#machine.targets()
    this.#hindrances = this.#machine.hindrances
    this.#isSpoiled ||= hadTroubleSaving
    this.#unsure = new Set(families)
    this.#orphans = new Set(targets)
    this.#deaf.clear()
    for (const family of families) {
      const { disturbed } = this.#standing[family]
      this.#standing[family] = { ...nothingStands(), disturbed }
    }
    // Those that no rule led to yet may not have been saved yet.
    for (const [id, port] of this.#localPorts)
      if (hadTroubleSaving || (how === 'killed' && !targets.some(target => target.endsWith(` ${port}`))))
        this.#localPorts.delete(id)
  }

  /** What was saved is not what was in force. */
  forgetSaved(): void {
    this.#isSpoiled = true
    this.#localPorts.clear()
  }

  /** The cluster is different now. */
  clusterChanged(snapshot: Snapshot): void {
    const served = servedIn(probesIn(snapshot))
    this.#lasting = new Set([...this.#lasting].filter(each => served.has(each)))
  }

  /** All that the cluster has is known by now. */
  upToDate(snapshot: Snapshot): void {
    this.#lasting = servedIn(probesIn(snapshot))
  }

  /** What differs from what was wanted last. */
  differences(): readonly string[] {
    return families.flatMap(family => {
      const difference = this.#difference(family)
      return difference === '' ? [] : [`${family} lacks ${difference}`]
    })
  }

  #difference(family: Family): string {
    if (!this.#wanted) return 'everything'
    return restoreText(savedRules(this.#machine.save(family)), rulesFor(this.#wanted, family))
  }

  /** What clients of the cluster as it is ask in vain. */
  unanswered(snapshot: Snapshot): readonly string[] {
    return [...probesIn(snapshot).values()]
      .filter(probe => !this.#machine.isRight(probe))
      .map(probe => this.#machine.fateText(probe))
  }

  #settle(family: Family): void {
    const standing = this.#standing[family]
    this.#standing[family] = { ...standing, snapshots: standing.snapshots.slice(-1) }
    const difference = this.#difference(family)
    if (difference !== '' && standing.disturbed) return
    if (difference !== '') this.#break(`all was said to be in force, and ${family} lacks ${difference}`)
    this.#standing[family].disturbed = false
    this.#unsure = new Set([...this.#unsure].filter(each => each !== family))
    this.#answer(family)
    this.#look('when all was in force', family)
  }

  /** Notes what is answered as it should be. */
  #answer(family: Family): void {
    const [probes = new Map<string, Probe>()] = this.#standing[family].snapshots
    const well = [...probes.values()].filter(probe => probe.family === family && this.#machine.isRight(probe))
    this.#standing[family].answered = new Set(well.map(({ question }) => question))
  }

  #look(when: string, family: Family): void {
    if (this.#standing[family].disturbed) return
    for (const problem of this.#problems(family)) this.#break(`${when}: ${problem}`)
  }

  #problems(family: Family): readonly string[] {
    const { snapshots, answered } = this.#standing[family]
    const astray = this.#machine
      .targets(family)
      .filter(target => !this.#machine.isServed(target) && !this.#orphans.has(target))
      .map(target => `rules lead to nobody at ${target}`)
    const open = this.#machine.unguarded(family).map(port => `${port} is not guarded`)
    const lost = [...answered].flatMap(question => {
      const probes = snapshots.map(each => each.get(question))
      if (probes.some(probe => !probe || this.#deaf.has(probe.servicePort))) return []
      const there = probes.filter(probe => probe !== undefined)
      if (there.some(({ packet }) => this.#machine.isForeign(packet.port))) return []
      // Where somebody comes or goes, clients may come to a listener that knows it already.
      const lasting = new Set(there.map(({ verdict, servicePort }) => `${verdict} ${servicePort}`)).size === 1
      return there.some(probe => (lasting ? this.#machine.isRight(probe) : this.#machine.isDirected(probe)))
        ? []
        : [`${question} was answered, and now ${this.#machine.fateText(there[0])}`]
    })
    return [...astray, ...open, ...lost, ...(this.#unsure.has(family) ? [] : this.#strangers(family))]
  }

  /** Portals whose clients come to another Service. */
  #strangers(family: Family): readonly string[] {
    const { snapshots } = this.#standing[family]
    const probes = snapshots.flatMap(each => [...each.values()]).filter(probe => probe.family === family)
    return probes.flatMap(probe => {
      const server = this.#machine.serverOf(probe)
      const known = snapshots.map(each => serviceOf(each.get(probe.question)?.servicePort))
      return server === undefined || known.includes(serviceOf(server))
        ? []
        : [`${probe.question} leads to ${server}`]
    })
  }

  #break(text: string): void {
    this.broken.push(text)
  }
}

/** Its Service: `shop/cart`. */
const serviceOf = (id: ServicePortId | undefined): string | undefined => id?.split(/[:/]/, 2).join('/')

/** Who asks where, and is to be served by whom. */
const servedIn = (probes: ReadonlyMap<string, Probe>): ReadonlySet<string> =>
  new Set(
    [...probes.values()].flatMap(({ question, servicePort, verdict }) =>
      verdict === 'serve' ? [`${question} by ${servicePort}`] : [],
    ),
  )
