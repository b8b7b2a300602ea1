import type { Host } from '../host/host.js'
import { errorCode } from '../model/error-text.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { type Backend, type BackendKind, plainProgram, programOf } from './backend.js'

const timeout = seconds(10)
const kinds: readonly BackendKind[] = ['nft', 'legacy']

/** What the program prints, or undefined when it is not there or does not work. */
export const outputOf = async (
  host: Host,
  program: string,
  args: readonly string[],
): Promise<string | undefined> => {
  try {
    const { code, stdout } = await host.run(program, args, { timeout })
    return code === 0 ? stdout : undefined
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const plainKind = async (host: Host, family: Family): Promise<BackendKind | undefined> => {
  const version = await outputOf(host, plainProgram(family), ['--version'])
  // Before 1.8 there was one backend, and it did not say its name.
  return version === undefined ? undefined : version.includes('nf_tables') ? 'nft' : 'legacy'
}

/** The backends that are installed for the family, first the one that plain `iptables` is. macOS has none. */
export const installedBackends = async (host: Host, family: Family): Promise<readonly Backend[]> => {
  if (host.platform === 'darwin') return []
  const plain = await plainKind(host, family)
  const found: Backend[] = []
  for (const kind of kinds) {
    const backend: Backend = { kind, infix: `-${kind}` }
    const version = await outputOf(host, programOf(backend, family, 'save'), ['--version'])
    if (version !== undefined) found.push(backend)
    else if (kind === plain) found.push({ kind, infix: '' })
  }
  return found.sort((a, b) => Number(b.kind === plain) - Number(a.kind === plain))
}

/**
 * What `iptables-save` prints for the backend; nothing where there is nothing or we may not look. Without the name of
 * a table, the legacy program looks only at tables that the kernel has already, and so adds none to it.
 */
export const heldRules = async (host: Host, backend: Backend, family: Family): Promise<string> =>
  (await outputOf(host, programOf(backend, family, 'save'), [])) ?? ''
