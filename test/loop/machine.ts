import { endpointText } from '../../lib/model/endpoint.js'
import { type Family, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { ServicePortId } from '../../lib/model/service-port.js'
import { type Fate, fateOf, type Packet } from './packet.js'
import { directly, ownAmong, type Probe } from './probes.js'
import type { Programs } from './programs.js'
import type { Socket, Sockets } from './sockets.js'

export interface MachineParts {
  readonly programs: Programs
  readonly sockets: Sockets
  readonly addresses: () => readonly IpAddress[]
}

const families = ['IPv4', 'IPv6'] as const
const redirect = /-p (tcp|udp) .*-j REDIRECT --to-ports (\d+)$/

/** What the machine does by now: its rules and its listeners together. */
export class Machine {
  readonly #parts: MachineParts

  constructor(parts: MachineParts) {
    this.#parts = parts
  }

  save(family: Family): string {
    return this.#parts.programs.kernels[family].save()
  }

  /** How often a program failed, or a listener could not be opened. */
  get hindrances(): number {
    return this.#parts.programs.failed + this.#parts.sockets.failed
  }

  /** Whether somebody else has that port, at whatever address. */
  isForeign(number: number): boolean {
    return this.#parts.sockets.foreign.some(socket => socket.port === number)
  }

  /** Whether somebody else had it once. */
  wasForeign(number: number): boolean {
    return this.#parts.sockets.wasForeign(number)
  }

  /** Where rules lead clients to: `TCP IPv4 14000`. */
  targets(family?: Family): readonly string[] {
    const found = (family ? [family] : families).flatMap(each =>
      [...this.#parts.programs.kernels[each].chains('nat').values()].flat().flatMap(rule => {
        const [text, protocol = '', local] = redirect.exec(rule) ?? []
        return text === undefined ? [] : [`${protocol.toUpperCase()} ${each} ${local}`]
      }),
    )
    return [...new Set(found)]
  }

  /** Whether somebody listens there. */
  isServed(target: string): boolean {
    const [protocol, family, local] = target.split(' ')
    return [...this.#parts.sockets.open].some(
      ({ opening }) =>
        opening.address === undefined &&
        opening.protocol === protocol &&
        opening.family === family &&
        opening.port === Number(local),
    )
  }

  /** Local ports that others can come to directly, or where those who were redirected are not let in. */
  unguarded(family: Family): readonly string[] {
    return [...this.#parts.sockets.open].flatMap(({ opening }) => {
      if (opening.address !== undefined || opening.family !== family) return []
      const packet = directly(family, opening.protocol, opening.port)
      const refused = this.#fate(packet, family).kind === 'refused'
      return refused ? [] : [`${opening.servicePort} ${opening.port}`]
    })
  }

  /** Whether what becomes of it is what its snapshot wants, and somebody serves it where it is to be served. */
  isRight(probe: Probe): boolean {
    const fate = this.#fate(probe.packet, probe.family)
    switch (probe.verdict) {
      case 'serve':
        return this.isDirected(probe) && this.#hasEndpoint(probe)
      case 'refuse':
        return fate.kind === 'refused'
      case 'drop':
        return fate.kind === 'dropped'
    }
  }

  /** Whether it comes where its snapshot wants it; if to nobody, then it may hear of it as others do, for a moment. */
  isDirected(probe: Probe): boolean {
    if (probe.verdict === 'serve') return this.serverOf(probe) === probe.servicePort
    const fate = this.#fate(probe.packet, probe.family)
    return fate.kind === 'refused' || fate.kind === 'dropped'
  }

  /** Whose listener it comes to, if to any. */
  serverOf(probe: Probe): ServicePortId | undefined {
    return this.#listenerOf(probe)?.opening.servicePort
  }

  #hasEndpoint(probe: Probe): boolean {
    const chosen = this.#listenerOf(probe)?.opening.picker.next(ipAddress('192.0.2.99'))
    return chosen !== undefined && probe.endpoints.has(endpointText(chosen))
  }

  #listenerOf({ packet, family }: Probe): Socket | undefined {
    const fate = this.#fate(packet, family)
    if (fate.kind !== 'redirected' || !fate.accepted) return undefined
    const protocol = packet.protocol === 'UDP' ? 'UDP' : 'TCP'
    return this.#parts.sockets.at({ protocol, family, port: port(fate.port) })
  }

  /** What becomes of it, in words. */
  fateText(probe: Probe | undefined): string {
    if (!probe) return 'nobody knows'
    const { packet, family, servicePort, verdict } = probe
    const fate = this.#fate(packet, family)
    const to = endpointText({ address: packet.to, port: port(packet.port) })
    return `${to}, to be ${verdict}d by ${servicePort}, is ${JSON.stringify(fate)}`
  }

  #fate(packet: Packet, family: Family): Fate {
    const kernel = this.#parts.programs.kernels[family]
    return fateOf(packet, table => kernel.chains(table), ownAmong(this.#parts.addresses(), family))
  }
}
