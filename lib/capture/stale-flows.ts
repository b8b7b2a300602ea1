import { type Endpoint, endpointText } from '../model/endpoint.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'
import type { Ruleset } from './ruleset.js'

/** Where UDP portals are redirected to: the portal as text, and the local port. */
export type Redirects = ReadonlyMap<string, Port>

/** Clients of one UDP portal whose datagrams the kernel sends to one wrong port. */
export interface StaleFlows {
  readonly address: IpAddress
  readonly port: Port
  /** Where they go: to a local port of former days or, when nothing was redirected, to the portal's own. */
  readonly goTo: Port
}

const redirect = /^-d (\S+)\/(?:32|128) -p udp .*--dport ([1-9]\d*) -j REDIRECT --to-ports ([1-9]\d*)$/

/** Where `rules` redirect UDP portals to. On the node's own chain, which the pods' chain is equal to. */
export const redirectsIn = ({ nat }: Ruleset): Redirects => {
  const found = new Map<string, Port>()
  for (const rule of nat.chains.get('KUBE-PORTALS-HOST') ?? []) {
    const [, address, portal, local] = redirect.exec(rule) ?? []
    if (address !== undefined)
      found.set(
        endpointText({ address: ipAddress(address), port: port(Number(portal)) }),
        port(Number(local)),
      )
  }
  return found
}

/** The portal that a text in `Redirects` stands for. */
export const portalIn = (text: string): Endpoint => {
  const [, address = '', number = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? []
  return { address: ipAddress(address), port: port(Number(number)) }
}

// First the datagram as the client sends it, then the answer as it comes back: from where the datagram was sent to.
const entry = /\bsrc=\S+ dst=(\S+) sport=\d+ dport=([1-9]\d*) .*\bsrc=\S+ dst=\S+ sport=([1-9]\d*) /

/**
 * Those of the entries in `listed`, as `conntrack --dump` prints them, that belong to one of `portals` and go elsewhere
 * than `redirects` says. All clients of a portal that go to the same wrong port are one.
 */
export const staleFlows = (
  listed: string,
  portals: ReadonlySet<string>,
  redirects: Redirects,
): readonly StaleFlows[] => {
  const found = new Map<string, StaleFlows>()
  for (const line of listed.split('\n')) {
    const [, address, asked, answering] = entry.exec(line) ?? []
    if (address === undefined) continue
    const flow = { address: ipAddress(address), port: port(Number(asked)), goTo: port(Number(answering)) }
    const portal = endpointText(flow)
    if (portals.has(portal) && redirects.get(portal) !== flow.goTo) found.set(`${portal} ${flow.goTo}`, flow)
  }
  return [...found.values()]
}
