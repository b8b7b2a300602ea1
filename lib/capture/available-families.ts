import type { Host, Output } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { type Backend, programOf } from './backend.js'
import { tables } from './chains.js'
import { notRun, refused, whyUnreadable } from './iptables-failure.js'

/** A family in which nothing can be captured here, and why. */
export interface UnavailableFamily {
  readonly family: Family
  readonly reason: string
}

export interface FamilyChoice {
  /** Those that work, IPv4 first. */
  readonly families: readonly Family[]
  readonly unavailable: readonly UnavailableFamily[]
}

const all: readonly Family[] = ['IPv4', 'IPv6']
const timeout = seconds(10)

// 4: somebody else has the lock, or the kernel is busy.
const isPassing = (program: string, output: Output): boolean =>
  (output.code === 4 || output.code > 128) && refused(program, output).code === 'failed'

/** What only fails now may work soon: then there is no reason, and syncs will see. */
const whyNoTables = async (host: Host, backend: Backend, family: Family): Promise<string | undefined> => {
  const program = programOf(backend, family, 'save')
  for (const table of tables)
    try {
      const output = await host.run(program, ['-t', table], { timeout })
      if (output.code !== 0 && isPassing(program, output)) return undefined
      if (output.code !== 0) return refused(program, output).message
      const unreadable = whyUnreadable(program, output.stdout)
      if (unreadable) return unreadable.message
    } catch (error) {
      if (errorCode(error) === 'ETIMEDOUT') return undefined
      return errorText(notRun(program, error))
    }
  return undefined
}

/** Where IPv6 is switched off, its tables may still work: but no interface has an address, not even loopback. */
const whyNoAddresses = async (host: Host, family: Family): Promise<string | undefined> =>
  family === 'IPv6' && ((await host.readFile('/proc/net/if_inet6')) ?? '') === ''
    ? 'no interface has an IPv6 address: it is switched off here'
    : undefined

/** The families whose portals can be captured on this machine. Changes nothing. */
export const availableFamilies = async (host: Host, backend: Backend): Promise<FamilyChoice> => {
  const families: Family[] = []
  const unavailable: UnavailableFamily[] = []
  for (const family of all) {
    const reason = (await whyNoAddresses(host, family)) ?? (await whyNoTables(host, backend, family))
    if (reason === undefined) families.push(family)
    else unavailable.push({ family, reason })
  }
  return { families, unavailable }
}
