import type { IpAddress } from '../model/ip-address.js'
import type { IpOptions } from './ip-command.js'
import { destinationText, isOurs, readRoutes, type Route } from './route.js'

/**
 * What the kernel takes for this machine's own, and for its networks' broadcast addresses: all routes of each address. An
 * interface's own address may have one of ours, too, from before it was that.
 */
export type LocalTable = ReadonlyMap<string, readonly Route[]>

export const localTable = (routes: readonly Route[]): LocalTable => {
  const table = new Map<string, Route[]>()
  for (const route of routes) {
    if (route.table !== 'local') continue
    const to = destinationText(route.to)
    const others = table.get(to)
    if (others) others.push(route)
    else table.set(to, [route])
  }
  return table
}

/** What the kernel takes for this machine's own now. */
export const readLocalTable = async (options: IpOptions): Promise<LocalTable> =>
  localTable(await readRoutes(options))

/** The addresses that routes of ours lead to, in this run or from an earlier one. */
export const ourRoutes = (table: LocalTable): readonly string[] =>
  [...table].filter(([, routes]) => routes.some(isOurs)).map(([address]) => address)

/** Whether an interface other than `lo`, or macOS's `lo0`, has the address. */
export const isOnInterface = (table: LocalTable, address: IpAddress): boolean =>
  table.get(address)?.some(({ device = '' }) => !['lo', 'lo0'].includes(device)) ?? false

/** Why nobody can be met at the address alone: undefined where that can be. */
export const whyShared = (table: LocalTable, address: IpAddress): string | undefined => {
  const shared = table.get(address)?.find(({ kind }) => kind !== 'local')
  return shared && `${address} is this machine's network's ${shared.kind} address`
}
