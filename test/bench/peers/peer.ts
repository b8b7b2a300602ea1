import { succeed } from '../../../lib/sandbox/network/command.js'
import { machine } from '../../../lib/host/machine.js'
import type { IpAddress } from '../../../lib/model/ip-address.js'
import type { Program } from '../stage/program.js'
import { ports } from '../stage/services.js'

export type Kind = keyof typeof ports

/** A proxy that is measured. Clients reach each in the same way: through a REDIRECT for its portal. */
export interface Peer {
  readonly name: string
  /** Its portal. */
  readonly address: IpAddress
  readonly carries: readonly Kind[]
  readonly program: Program
}

/** Where a peer is to be: its portal, and the local port of each kind. */
export interface Place {
  readonly address: IpAddress
  readonly localPorts: Readonly<Record<Kind, number>>
}

const protocol = (kind: Kind): string => (kind === 'echo' ? 'udp' : 'tcp')

/** Redirects what pods send to the portal to the peer's local ports, with rules like ours. */
export const redirect = async ({ address, localPorts }: Place, kinds: readonly Kind[]): Promise<void> => {
  for (const kind of kinds)
    await succeed(machine, [
      ...['iptables', '-t', 'nat', '-A', 'PREROUTING', '-d', `${address}/32`, '-p', protocol(kind)],
      ...['--dport', String(ports[kind]), '-j', 'REDIRECT', '--to-ports', String(localPorts[kind])],
    ])
}
