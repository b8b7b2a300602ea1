import { Failure } from '../model/failure.js'
import { seconds } from '../model/milliseconds.js'
import type { Host } from './host.js'

// Bit numbers of linux/capability.h.
const needed = [
  { name: 'CAP_NET_ADMIN', bit: 12n },
  { name: 'CAP_NET_RAW', bit: 13n },
]

const effective = /^CapEff:\s*([0-9a-f]+)$/m

const checkRoot = async (host: Host, cure: string): Promise<void> => {
  const { stdout } = await host.run('id', ['-u'], { timeout: seconds(5) })
  if (stdout.trim() === '0') return
  throw new Failure('missing', 'no right to give lo0 addresses: only root may', { cure })
}

/**
 * Makes sure that this process may write rules, or on macOS give lo0 addresses. Rejects with a Failure `missing` that names
 * the capabilities it has not got, and `cure`. Where the system does not tell (no /proc), nobody is turned away.
 */
export const checkPrivileges = async (host: Host, cure: string): Promise<void> => {
  if (host.platform === 'darwin') return checkRoot(host, cure)
  const [, hex] = effective.exec((await host.readFile('/proc/self/status')) ?? '') ?? []
  if (hex === undefined) return
  const held = BigInt(`0x${hex}`)
  const missing = needed.filter(({ bit }) => ((held >> bit) & 1n) === 0n).map(({ name }) => name)
  if (missing.length === 0) return
  throw new Failure('missing', `no right to write rules: ${missing.join(' and ')} missing`, { cure })
}
