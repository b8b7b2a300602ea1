import type { IpAddress } from '../model/ip-address.js'
import { ip, type IpOptions } from './ip-command.js'

/** How we know our routes again. No other program uses this number (/etc/iproute2/rt_protos). */
export const protocol = '142'

/** What the kernel does with packets to one address, and what else it says of it: `dev lo proto 142 scope host`. */
export interface LocalRow {
  readonly kind: 'local' | 'broadcast' | 'anycast' | 'multicast'
  readonly rest: string
}

/** All rows of each address. An interface's own address may have one of ours, too, from before it was that. */
export type LocalTable = ReadonlyMap<string, readonly LocalRow[]>

const rowLine = /^(local|broadcast|anycast|multicast) (\S+) (.*)$/gm

const isKind = (text: string): text is LocalRow['kind'] =>
  text === 'local' || text === 'broadcast' || text === 'anycast' || text === 'multicast'

/** Reads what `ip route show table local` prints. */
export const localTable = (text: string): LocalTable => {
  const table = new Map<string, LocalRow[]>()
  for (const [, kind = '', address = '', rest = ''] of text.matchAll(rowLine)) {
    const rows = table.get(address) ?? []
    if (isKind(kind)) table.set(address, [...rows, { kind, rest }])
  }
  return table
}

/** What the kernel takes for this machine's own now. */
export const readLocalTable = async (options: IpOptions): Promise<LocalTable> =>
  localTable(await ip(options, ['route', 'show', 'table', 'local']))

const isOurs = ({ rest }: LocalRow): boolean => new RegExp(` proto ${protocol}\\b`).test(rest)

/** The addresses that routes of ours lead to, in this run or from an earlier one. */
export const ourRoutes = (table: LocalTable): readonly string[] =>
  [...table].filter(([, rows]) => rows.some(isOurs)).map(([address]) => address)

/** Whether an interface other than `lo` has the address. */
export const isOnInterface = (table: LocalTable, address: IpAddress): boolean =>
  table.get(address)?.some(({ rest }) => !/^dev lo\b/.test(rest)) ?? false

/** Why nobody can be met at the address alone: undefined where that can be. */
export const whyShared = (table: LocalTable, address: IpAddress): string | undefined => {
  const shared = table.get(address)?.find(({ kind }) => kind !== 'local')
  return shared && `${address} is this machine's network's ${shared.kind} address`
}
