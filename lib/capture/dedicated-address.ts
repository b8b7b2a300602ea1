import type { IpAddress } from '../model/ip-address.js'
import { cidrOf, cidrText } from '../model/cidr.js'
import { ip, type IpOptions } from './ip-command.js'

/** How we know an address again that we put there: for routes on `lo` it says nothing, and nobody else gives them any. */
const metric = '142'

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

/** Makes `address` one of this machine's own, on `lo`, unless it is there already: then it stays whose it is. */
export const putAddress = async (options: IpOptions, address: IpAddress): Promise<void> => {
  const there = await addressesOnLo(options)
  if (there.some(each => each.address === address)) return
  await ip(options, ['address', 'add', cidrText(cidrOf(address)), 'dev', 'lo', 'metric', metric])
}

/** Takes all addresses away that we put there, in this run or in an earlier one. Resolves with what was removed, a line each. */
export const removeAddresses = async (options: IpOptions): Promise<readonly string[]> => {
  const ours = (await addressesOnLo(options)).filter(each => each.ours)
  for (const { address } of ours) await ip(options, ['address', 'delete', address, 'dev', 'lo'])
  return ours.map(({ address }) => `${options.family} address ${address} on lo`)
}
