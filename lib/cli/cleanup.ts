import { cleanup as removeRules } from '../capture/cleanup.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import type { Report } from '../model/event.js'
import { openLog } from '../observe/log.js'
import type { CleanupOptions } from './options.js'
import { state } from './state.js'

/**
 * Takes out what any run left, and kube-proxy's userspace mode, in all backends and families. Resolves with what that was, a line
 * each; rejects where something cannot be removed.
 */
export const removeAll = async (
  options: Pick<CleanupOptions, 'stateDir'>,
  report: Report,
): Promise<readonly string[]> => {
  const rules = await removeRules({ host: machine, addresses: localAddresses, report })
  const { localPorts, snapshot, crashes } = await state(options)
  const removed = [...rules]
  for (const file of [localPorts, snapshot, crashes]) if (await file.remove()) removed.push(file.path)
  return removed
}

/** `kube-portal cleanup`: does that, and says what it was. Rejects with a Failure where something cannot be removed. */
export const cleanup = async (options: CleanupOptions): Promise<void> => {
  const log = openLog({ format: options.loggingFormat, verbosity: options.v, stream: process.stderr })
  const removed = await removeAll(options, log.event)
  for (const line of removed) process.stdout.write(`removed ${line}\n`)
  if (removed.length === 0) process.stdout.write('nothing to remove\n')
}
