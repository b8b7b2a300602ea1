import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import { cidrOf, cidrText } from '../model/cidr.js'
import { ip, ipBatch, ipEach, type IpOptions } from '../routing/ip-command.js'

/** How we know an address again that we put on `lo`: there it means nothing, and nobody else gives one. */
const metric = '142'

// For IPv6: usable at once, as nobody else can have it; and without a second route each, which takes for ever to undo for
// thousands.
const flags: Readonly<Record<Family, string>> = { IPv4: '', IPv6: ' nodad noprefixroute' }

const shown = /^\d+: lo +inet6? (\S+)\/\d+ (?:metric (\d+) )?/gm

/** An address of `lo`, and whether it was we who put it there. */
interface Shown {
  readonly address: string
  readonly ours: boolean
}

const addressesOnLo = async (options: IpOptions): Promise<readonly Shown[]> => {
  const text = await ip(options, ['-o', 'address', 'show', 'dev', 'lo'])
  return Array.from(text.matchAll(shown), ([, address = '', found]) => ({ address, ours: found === metric }))
}

/** The addresses on `lo` that we put there, in this run or in an earlier one. */
export const ourAddresses = async (options: IpOptions): Promise<readonly string[]> =>
  (await addressesOnLo(options)).filter(({ ours }) => ours).map(({ address }) => address)

/** What puts an address on `lo` that no interface has. */
const addition = (address: IpAddress): string =>
  `address add ${cidrText(cidrOf(address))} dev lo metric ${metric}${flags[familyOf(address)]}`

/** Puts addresses on `lo` that no interface has, as far as the kernel lets us. Resolves with how many. */
export const addAddresses = (options: IpOptions, addresses: readonly IpAddress[]): Promise<number> =>
  ipEach(options, addresses.map(addition))

/** Takes addresses of ours from `lo`. */
export const deleteAddresses = (options: IpOptions, addresses: readonly string[]): Promise<void> =>
  ipBatch(
    options,
    addresses.map(address => `address delete ${address} dev lo`),
  )

/**
 * Makes `address` one of this machine's own, on `lo`, unless it is there already: then it stays whose it is. Resolves with
 * whether it had to be added.
 */
export const putAddress = async (options: IpOptions, address: IpAddress): Promise<boolean> => {
  const there = await addressesOnLo(options)
  if (there.some(each => each.address === address)) return false
  await ip(options, addition(address).split(' '))
  return true
}

/**
 * Takes all addresses away that we put there, in this run or in an earlier one, but for `kept`. Resolves with what was removed,
 * a line each.
 */
export const removeAddresses = async (options: IpOptions, kept?: IpAddress): Promise<readonly string[]> => {
  const ours = (await ourAddresses(options)).filter(address => address !== kept)
  await deleteAddresses(options, ours)
  return ours.map(address => `${options.family} address ${address} on lo`)
}
