import type { Table } from '../../lib/capture/chains.js'
import { tokensOf } from '../../lib/capture/rule.js'
import { cidr, cidrHas } from '../../lib/model/cidr.js'
import type { IpAddress } from '../../lib/model/ip-address.js'
import type { Chains } from './tables.js'

/** A packet that begins a connection. */
export interface Packet {
  readonly from: IpAddress
  readonly to: IpAddress
  readonly protocol: string
  readonly port: number
  /** Whether nat has given it another destination. */
  readonly redirected: boolean
}

/** A packet, and the machine's own addresses, by which rules tell what comes from it and goes to it. */
interface Setting {
  readonly packet: Packet
  readonly own: ReadonlySet<IpAddress>
}

type Match = (setting: Setting) => boolean

interface Parsed {
  readonly matches: readonly Match[]
  readonly target: string
  /** What is said to the target: a port for REDIRECT. */
  readonly argument: string
}

const portsFrom = (text: string): Match => {
  const [first = 0, last = first] = text.split(':').map(Number)
  return ({ packet }) => packet.port >= first && packet.port <= last
}

const stateFrom = (state: string): Match =>
  state === 'NEW' ? () => true : ({ packet }) => state === 'DNAT' && packet.redirected

const matchOf = (name: string, value: string): Match | undefined => {
  switch (name) {
    case '-s': {
      const range = cidr(value)
      return ({ packet }) => cidrHas(range, packet.from)
    }
    case '-d': {
      const range = cidr(value)
      return ({ packet }) => cidrHas(range, packet.to)
    }
    case '-p':
      return ({ packet }) => packet.protocol.toLowerCase() === value
    case '--dport':
      return portsFrom(value)
    case '--ctstate':
      return stateFrom(value)
    case '--dst-type':
      return ({ packet, own }) => own.has(packet.to)
    case '--src-type':
      return ({ packet, own }) => own.has(packet.from)
    case '-m':
    case '--comment':
    case '--reject-with':
      return undefined
    default:
      throw new Error(`nobody knows what ${name} ${value} matches`)
  }
}

const parse = (rule: string): Parsed => {
  const tokens = tokensOf(rule)
  const matches: Match[] = []
  const jump = tokens.indexOf('-j')
  let negated = false
  for (let index = 0; index < jump;) {
    const [name = '', value = ''] = tokens.slice(index, index + 2)
    if (name === '!') {
      negated = true
      index += 1
      continue
    }
    const match = matchOf(name, value)
    if (match) matches.push(negated ? setting => !match(setting) : match)
    if (match) negated = false
    index += 2
  }
  return { matches, target: tokens[jump + 1] ?? '', argument: tokens[jump + 3] ?? '' }
}

const known = new Map<string, Parsed>()

const parsed = (rule: string): Parsed => {
  const before = known.get(rule)
  if (before) return before
  const made = parse(rule)
  known.set(rule, made)
  return made
}

/** What a chain decides: a target and its argument, or nothing. */
const decide = (chains: Chains, chain: string, setting: Setting): Parsed | undefined => {
  for (const rule of chains.get(chain) ?? []) {
    const each = parsed(rule)
    if (!each.matches.every(match => match(setting))) continue
    const decision = chains.has(each.target) ? decide(chains, each.target, setting) : each
    if (decision) return decision
  }
  return undefined
}

/** What becomes of a packet. `passes`: it is on its way to where nobody is. */
export type Fate =
  | { readonly kind: 'redirected'; readonly port: number; readonly accepted: boolean }
  | { readonly kind: 'refused' | 'dropped' | 'accepted' | 'passes' }

const fateBy = (target: string): Fate => {
  if (target === 'REJECT') return { kind: 'refused' }
  if (target === 'DROP') return { kind: 'dropped' }
  return { kind: target === 'ACCEPT' ? 'accepted' : 'passes' }
}

/** What becomes of the packet on a machine with these tables and addresses. */
export const fateOf = (
  packet: Packet,
  tables: (table: Table) => Chains,
  own: ReadonlySet<IpAddress>,
): Fate => {
  const fromHere = own.has(packet.from)
  const nat = decide(tables('nat'), fromHere ? 'OUTPUT' : 'PREROUTING', { packet, own })
  const way = (each: Packet, chain: string): Fate =>
    fateBy(decide(tables('filter'), chain, { packet: each, own })?.target ?? '')
  if (nat?.target === 'REDIRECT') {
    const port = Number(nat.argument)
    const here = [...own].find(each => each.includes(':') === packet.to.includes(':')) ?? packet.to
    const arrived = { ...packet, to: here, port, redirected: true }
    return { kind: 'redirected', port, accepted: way(arrived, 'INPUT').kind === 'accepted' }
  }
  return way(packet, fromHere ? 'OUTPUT' : own.has(packet.to) ? 'INPUT' : 'FORWARD')
}
