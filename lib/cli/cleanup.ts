import { cleanup as removeRules } from '../capture/cleanup.js'
import type { Host } from '../host/host.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import { onlooker } from '../host/onlooker.js'
import type { Report } from '../model/event.js'
import { removeHosts } from '../names/hosts-file.js'
import { removeLink } from '../names/resolved-link.js'
import type { CleanupOptions } from './options.js'
import { state } from './state.js'
import { stderrLog } from './stderr-log.js'

export interface RemoveAll {
  /** Where it is; one that only looks on says what would be removed. */
  readonly host: Host
  readonly report: Report
}

/**
 * Takes out what any run left, and kube-proxy's userspace mode, in all backends and families. Resolves with what that was, a line
 * each; rejects where something cannot be removed.
 */
export const removeAll = async (
  options: Pick<CleanupOptions, 'stateDir'>,
  { host, report }: RemoveAll,
): Promise<readonly string[]> => {
  // Names first: they lead to what goes with the rules.
  const removed = [
    ...(await removeHosts(host)),
    ...(await removeLink(host)),
    ...(await removeRules({ host, addresses: localAddresses, report })),
  ]
  const { localPorts, snapshot, crashes } = await state(options, host)
  for (const file of [localPorts, snapshot, crashes]) if (await file.remove()) removed.push(file.path)
  return removed
}

/** `kube-portal cleanup`: does that, and says what it was; with `--dry-run`, what it would be. Rejects as that does. */
export const cleanup = async (options: CleanupOptions): Promise<void> => {
  const log = stderrLog(options)
  const host = options.dryRun ? onlooker(machine) : machine
  // What was written is no news where nothing is.
  const report: Report = options.dryRun ? () => undefined : log.event
  const removed = await removeAll(options, { host, report })
  const verb = options.dryRun ? 'would remove' : 'removed'
  for (const line of removed) process.stdout.write(`${verb} ${line}\n`)
  if (removed.length === 0) process.stdout.write('nothing to remove\n')
}
