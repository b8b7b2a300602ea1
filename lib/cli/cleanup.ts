import { cleanup as removeRules } from '../capture/cleanup.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import { openLog } from '../observe/log.js'
import type { CleanupOptions } from './options.js'
import { state } from './state.js'

/**
 * `kube-portal cleanup`: takes out what any run left, and kube-proxy's userspace mode, in all backends and families,
 * and says what that was. Rejects with a Failure where something cannot be removed.
 */
export const cleanup = async (options: CleanupOptions): Promise<void> => {
  const log = openLog({ format: options.loggingFormat, verbosity: options.v, stream: process.stderr })
  const rules = await removeRules({ host: machine, addresses: localAddresses, report: log.event })
  const { localPorts, snapshot } = await state(options)
  const removed = [...rules]
  for (const file of [localPorts, snapshot]) if (await file.remove()) removed.push(file.path)
  for (const line of removed) process.stdout.write(`removed ${line}\n`)
  if (removed.length === 0) process.stdout.write('nothing to remove\n')
}
