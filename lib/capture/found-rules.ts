import type { Endpoint } from '../model/endpoint.js'
import { ipAddress } from '../model/ip-address.js'
import { port as portNumber } from '../model/port.js'
import type { Protocol } from '../model/service-port.js'
import { isOurs, type Table, tables } from './chains.js'
import { tokensOf } from './rule.js'

/** A rule that concerns a place, as the kernel has it. */
export interface FoundRule {
  readonly table: Table
  readonly chain: string
  readonly isOurs: boolean
  /** How many packets it was for; of each connection that is tracked, the first. */
  readonly packets: number
  /** `REDIRECT`, `REJECT`, a chain. */
  readonly target: string
  /** Where a REDIRECT or a DNAT leads to. */
  readonly port?: number
  /** What it says it is for. */
  readonly comment: string
}

/** What is looked for. */
export interface WantedPlace extends Endpoint {
  readonly protocol: Protocol
  /** Whether that is a port of this machine, which rules need not name the address of. */
  readonly isNodePort: boolean
}

const ruleLine = /^\[(\d+):\d+\] -A (\S+) (.*)$/

const after = (tokens: readonly string[], ...names: readonly string[]): string | undefined => {
  const at = tokens.findIndex((token, index) => names.includes(token) && tokens[index - 1] !== '!')
  return at < 0 ? undefined : tokens[at + 1]
}

/** The one address that the rule is for. */
const destinationOf = (tokens: readonly string[]): string | undefined =>
  after(tokens, '-d')?.replace(/\/(?:32|128)$/, '')

const isFor = (tokens: readonly string[], { address, port, protocol, isNodePort }: WantedPlace): boolean => {
  if (after(tokens, '-p') !== protocol.toLowerCase() || after(tokens, '--dport') !== String(port))
    return false
  const destination = destinationOf(tokens)
  return destination === address || (destination === undefined && isNodePort)
}

const found = (tokens: readonly string[]): Pick<FoundRule, 'target' | 'port' | 'comment'> => {
  const leadsTo = after(tokens, '--to-ports') ?? after(tokens, '--to-destination')?.replace(/^.*:/, '')
  return {
    target: after(tokens, '-j', '-g') ?? '',
    ...(leadsTo !== undefined && { port: Number(leadsTo) }),
    comment: after(tokens, '--comment') ?? '',
  }
}

interface ReadRule {
  readonly rule: FoundRule
  readonly tokens: readonly string[]
}

/** Each rule of a text that `iptables-save -c` printed. */
function* rulesIn(saved: string): Generator<ReadRule, void> {
  let table: Table | undefined
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = tables.find(name => line === `*${name}`)
    const [, packets, chain, rule] = ruleLine.exec(line) ?? []
    if (table === undefined || chain === undefined || rule === undefined) continue
    const tokens = tokensOf(rule)
    const ours = isOurs(table, chain)
    yield { rule: { table, chain, isOurs: ours, packets: Number(packets), ...found(tokens) }, tokens }
  }
}

/** Those that name exactly this place, ours and others', in the text of `iptables-save -c`. */
export const rulesAt = (saved: string, place: WantedPlace): readonly FoundRule[] => {
  const all: FoundRule[] = []
  for (const { rule, tokens } of rulesIn(saved)) if (isFor(tokens, place)) all.push(rule)
  return all
}

/** The place of the first of our rules with an address whose comment `isMeant`; undefined where there is none. */
export const placeOf = (saved: string, isMeant: (comment: string) => boolean): WantedPlace | undefined => {
  for (const { rule, tokens } of rulesIn(saved)) {
    const [address, number] = [destinationOf(tokens), after(tokens, '--dport')]
    if (!rule.isOurs || address === undefined || number === undefined || !isMeant(rule.comment)) continue
    const protocol = after(tokens, '-p') === 'udp' ? 'UDP' : 'TCP'
    return { address: ipAddress(address), port: portNumber(Number(number)), protocol, isNodePort: false }
  }
  return undefined
}
