import { setTimeout as after } from 'node:timers/promises'
import { holdInstanceLock, type InstanceLock } from '../../control/instance-lock.js'
import { machine } from '../../host/machine.js'
import { errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import { removeAll } from '../cleanup.js'
import { lockFile } from '../lock-file.js'
import { onUncaught } from '../on-uncaught.js'
import { stderrLog } from '../stderr-log.js'
import type { GuardianOptions } from './guardian.js'

/** In milliseconds. What the run had under way, such as an iptables-restore, ends by itself, and within that. */
const pause = 1000
const looks = 10

/** For as long as a dead process may take to lose the lock, in milliseconds. */
const lockPause = 50
const lockAttempts = 20

/** Undefined where another instance has it. */
const instanceLock = async (): Promise<InstanceLock | undefined> => {
  for (let attempt = 1; attempt <= lockAttempts; attempt += 1)
    try {
      return await holdInstanceLock(process.pid, { stay: 'leaving', file: lockFile })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      await after(lockPause)
    }
  return undefined
}

/** Removes until a second look finds nothing, or somebody seems to put it back. Rejects with the last failure. */
const removeForGood = async (remove: () => Promise<readonly string[]>): Promise<readonly string[]> => {
  const removed: string[] = []
  for (let look = 1; ; look += 1) {
    try {
      const found = await remove()
      removed.push(...found)
      if ((look > 1 && found.length === 0) || look >= looks) return removed
    } catch (error) {
      if (look >= looks) throw error
    }
    await after(pause)
  }
}

/**
 * Takes out everything that a run left which ended without a stop, and says so in a line. Where the next one runs already, all of
 * that is its own by now, and is left to it; one that comes meanwhile waits for us.
 */
export const undo = async ({ of, loggingFormat, ...options }: GuardianOptions): Promise<void> => {
  const log = stderrLog({ loggingFormat, v: 0 })
  const fail = (error: unknown): void => {
    log.warn(`cannot remove all that process ${of} left: ${errorText(error)}; try kube-portal cleanup`)
    process.exitCode = 1
  }
  // Nobody may read what we say, once the terminal is gone.
  onUncaught(fail)
  const lock = await instanceLock()
  if (!lock) return
  try {
    const { length } = await removeForGood(() => removeAll(options, { host: machine, report: log.event }))
    const what =
      length === 0
        ? 'it left nothing'
        : `removed what it left: ${length} jumps, chains, routes, addresses and files`
    log.warn(`kube-portal (process ${of}) ended without a stop: ${what}`)
  } catch (error) {
    fail(error)
  } finally {
    await lock.close()
  }
}
