import type { Output } from '../../host/host.js'
import { errorCode, errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import { type Family, familyOf, type IpAddress } from '../../model/ip-address.js'
import { seconds } from '../../model/milliseconds.js'
import type { IpOptions } from '../../routing/ip-command.js'
import type { LocalTable } from '../../routing/local-table.js'
import type { LocalWay, LocalWays } from '../local-way.js'
import { forget, noted, noteDown } from './ledger.js'
import { interfaceTable } from './interfaces.js'

const timeout = seconds(10)

/** How many ifconfigs run at once, each of which takes one address. */
const atOnce = 8

const forbidden = /permission denied|not permitted/i

/** It says so of an address that is not there. */
const isGone = ({ stderr }: Output): boolean => stderr.includes('(SIOCDIFADDR)')

const ifconfig = ({ host }: IpOptions, args: readonly string[]): Promise<Output> =>
  host.run('ifconfig', args, { timeout }).catch((error: unknown) => {
    const failed = errorCode(error) === 'ENOENT' ? 'missing' : 'failed'
    throw new Failure(failed, `cannot run ifconfig: ${errorText(error)}`, {
      cure: 'see that /sbin is in PATH',
      cause: error,
    })
  })

const refusal = (args: readonly string[], { code, stderr }: Output): Failure => {
  const said = stderr.trim().split('\n')[0] ?? ''
  const reason = said === '' ? `it ended with code ${code}` : said
  return new Failure('failed', `ifconfig ${args.join(' ')} refused: ${reason}`, {
    cure: forbidden.test(said) ? 'run it with sudo' : 'it will be tried again',
  })
}

/** Does `work` for each of `values`, for a few at once. Rejects with the first failure, when none is under way any more. */
const each = async <Value>(
  values: readonly Value[],
  work: (value: Value) => Promise<void>,
): Promise<void> => {
  const left = values.values()
  const worker = async (): Promise<void> => {
    for (const value of left) await work(value)
  }
  const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, worker))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

// A host's mask: with a wider one the whole network would be led to lo0, and of IPv6's the kernel takes but 16.
const addition = (address: IpAddress): readonly string[] =>
  familyOf(address) === 'IPv4'
    ? ['lo0', 'alias', `${address}/32`]
    : ['lo0', 'inet6', 'alias', `${address}/128`]

const removal = (address: string, family: Family): readonly string[] =>
  family === 'IPv4' ? ['lo0', '-alias', address] : ['lo0', 'inet6', '-alias', address]

const table = async (options: IpOptions): Promise<LocalTable> => {
  const output = await ifconfig(options, ['-a'])
  if (output.code !== 0) throw refusal(['-a'], output)
  return interfaceTable(output.stdout, options.family)
}

const isOnLo0 = (rows: LocalTable, address: string): boolean =>
  rows.get(address)?.some(({ device }) => device === 'lo0') ?? false

const ours: LocalWay['ours'] = async (options, rows) =>
  (await noted(options)).filter(address => isOnLo0(rows, address))

const remove = async (options: IpOptions, addresses: readonly string[]): Promise<void> => {
  await each(addresses, async address => {
    const args = removal(address, options.family)
    const output = await ifconfig(options, args)
    if (output.code !== 0 && !isGone(output)) throw refusal(args, output)
  })
  await forget(options, addresses)
}

/** What is refused is left out, as somebody else may have it by now; but where we may do nothing at all, it rejects. */
const add = async (options: IpOptions, addresses: readonly IpAddress[]): Promise<number> => {
  if (addresses.length === 0) return 0
  await noteDown(options, addresses)
  const refused: IpAddress[] = []
  await each(addresses, async address => {
    const args = addition(address)
    const output = await ifconfig(options, args)
    if (output.code === 0) return
    if (forbidden.test(output.stderr)) throw refusal(args, output)
    refused.push(address)
  })
  await forget(options, refused)
  return addresses.length - refused.length
}

const removeAll = async (options: IpOptions): Promise<readonly string[]> => {
  const written = await noted(options)
  if (written.length === 0) return []
  const found = await ours(options, await table(options))
  await remove(options, found)
  // Nor are there any that lo0 has lost by itself.
  await forget(options, written)
  return found.map(address => `${options.family} address ${address} on lo0`)
}

const way: LocalWay = { table, ours, add, delete: remove, removeAll }

/** By aliases on lo0, of which we keep a ledger: macOS has no place for a mark on an address. */
export const darwinWays: LocalWays = { IPv4: way, IPv6: way }
