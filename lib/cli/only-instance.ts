import { holdInstanceLock } from '../control/instance-lock.js'
import { machine } from '../host/machine.js'
import { checkPrivileges } from '../host/privileges.js'

/**
 * Does `work` as the one instance of this network namespace, with the right to write rules. Rejects with a Failure, and does
 * nothing, where another instance runs, or where that right is missing: `cure` says what to do about it.
 */
export const asOnlyInstance = async (cure: string, work: () => Promise<void>): Promise<void> => {
  await checkPrivileges(machine, cure)
  const lock = await holdInstanceLock(process.pid)
  try {
    await work()
  } finally {
    await lock.close()
  }
}
