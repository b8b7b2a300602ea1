import type { Cidr } from '../model/cidr.js'
import { ip, ipBatch, type IpOptions } from './ip-command.js'
import { destinationText, protocol, readRoutes, type Route } from './route.js'

/** Where our routes are: in `local`, what is to be taken for this machine's own; in `main`, ways to other machines. */
export const ourTables = ['local', 'main'] as const
export type OurTable = (typeof ourTables)[number]

/** Routes of ours, of this run and of earlier ones. */
export const readOurs = async (options: IpOptions, table: OurTable): Promise<readonly Route[]> =>
  (await readRoutes(options, ['proto', protocol])).filter(route => route.table === table)

// In the table `local`, which the kernel looks at before all others: rules of a VPN that lead packets to a table of its own come
// later.
const localLine = (verb: 'add' | 'delete', to: string): string =>
  `route ${verb} local ${to} dev lo proto ${protocol} table local`

/** What makes `to` this machine's own, a line for `ip -batch`. */
export const additionOf = (to: string): string => localLine('add', to)

/** What undoes that. */
export const deletionOf = (to: string): string => localLine('delete', to)

/** Makes all addresses of the ranges this machine's own. */
export const addLocal = (options: IpOptions, ranges: readonly Cidr[]): Promise<void> =>
  ipBatch(
    options,
    ranges.map(range => additionOf(destinationText(range))),
  )

/** Undoes that. */
export const deleteLocal = (options: IpOptions, ranges: readonly Cidr[]): Promise<void> =>
  ipBatch(
    options,
    ranges.map(range => deletionOf(destinationText(range))),
  )

const lineOf = ({ to, via, device = '' }: Route, family: string): string =>
  `${family} route to ${destinationText(to)} ${via === undefined ? `on ${device}` : `via ${via}`}`

/**
 * Takes all our routes out, of one table or of all, those of earlier runs included. Resolves with what was removed, a line each.
 */
export const removeRoutes = async (
  options: IpOptions,
  table: OurTable | 'all',
): Promise<readonly string[]> => {
  const all = await readRoutes(options, ['proto', protocol])
  const ours = all.filter(route => table === 'all' || route.table === table)
  if (ours.length > 0) await ip(options, ['route', 'flush', 'table', table, 'proto', protocol])
  return ours.map(route => lineOf(route, options.family))
}
