import { type Endpoint, endpointText } from '../model/endpoint.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'
import type { Ruleset } from './ruleset.js'

/**
 * Where UDP portals lead to: the portal as text (`portalText`), and local ports. There are several where not all clients
 * of the portal share a listener.
 */
export type Redirects = ReadonlyMap<string, ReadonlySet<Port>>

/** Clients of one UDP portal whose datagrams the kernel sends to one wrong port. */
export interface StaleFlows {
  readonly address: IpAddress
  readonly port: Port
  /** Where they go: to a local port of former days or, when nothing was captured, to the portal's own. */
  readonly goTo: Port
}

const capture =
  /^(?:-s \S+ )?(?:-d (\S+)\/(?:32|128) )?(?:-i \S+ )?-p udp .*--dport ([1-9]\d*) (?:-m addrtype --src-type LOCAL )?-j (?:REDIRECT --to-ports |DNAT --to-destination \S+:)([1-9]\d*)$/

const nodePortText = (number: number | string): string => `*:${number}`

/** Where `rules` lead UDP portals to. */
export const redirectsIn = ({ nat }: Ruleset): Redirects => {
  const found = new Map<string, Set<Port>>()
  for (const rules of nat.chains.values())
    for (const rule of rules) {
      const [text, address, number, local] = rule.includes('-p udp ') ? (capture.exec(rule) ?? []) : []
      if (text === undefined) continue
      const portal =
        address === undefined
          ? nodePortText(Number(number))
          : endpointText({ address: ipAddress(address), port: port(Number(number)) })
      found.set(portal, (found.get(portal) ?? new Set()).add(port(Number(local))))
    }
  return found
}

/** What a text in `Redirects` stands for; without an address, a node port. */
export const portalIn = (text: string): { readonly address?: IpAddress; readonly port: Port } => {
  const [, address = '', number = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? []
  const asked = port(Number(number))
  return address === '*' ? { port: asked } : { address: ipAddress(address), port: asked }
}

/** What tells stale entries from others. */
export interface Suspicion {
  /** Whose clients may be translated wrongly. */
  readonly portals: ReadonlySet<string>
  /** Those of them whose clients may go to the right listener, and not be the ones it is for. */
  readonly moved: ReadonlySet<string>
  readonly redirects: Redirects
  /** This machine's addresses: where node ports are. */
  readonly addresses: readonly IpAddress[]
}

/** Which portal a client asked for: one with the very address comes before the node port, as its rules do. */
const portalOf = (asked: Endpoint, { portals, redirects, addresses }: Suspicion): string | undefined => {
  const text = endpointText(asked)
  if (portals.has(text) || redirects.has(text)) return text
  return addresses.includes(asked.address) ? nodePortText(asked.port) : undefined
}

// First the datagram as the client sends it, then the answer as it comes back: from where the datagram was sent to.
const entry = /\bsrc=\S+ dst=(\S+) sport=\d+ dport=([1-9]\d*) .*\bsrc=\S+ dst=\S+ sport=([1-9]\d*) /

/**
 * Those of the entries in `listed`, as `conntrack --dump` prints them, that belong to one of the suspected portals and go
 * elsewhere than redirects say. All clients of an address and port that go to the same wrong port are one.
 */
export const staleFlows = (listed: string, suspicion: Suspicion): readonly StaleFlows[] => {
  const found = new Map<string, StaleFlows>()
  for (const line of listed.split('\n')) {
    const [, address, asked, answering] = entry.exec(line) ?? []
    if (address === undefined) continue
    const flow = { address: ipAddress(address), port: port(Number(asked)), goTo: port(Number(answering)) }
    const portal = portalOf(flow, suspicion)
    if (portal === undefined || !suspicion.portals.has(portal)) continue
    if (suspicion.moved.has(portal) || !suspicion.redirects.get(portal)?.has(flow.goTo))
      found.set(`${endpointText(flow)} ${flow.goTo}`, flow)
  }
  return [...found.values()]
}
