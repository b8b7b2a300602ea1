import { holdInstanceLock, type InstanceLock } from '../control/instance-lock.js'
import { machine } from '../host/machine.js'
import { checkPrivileges } from '../host/privileges.js'
import type { Inheritance } from './inheritance.js'
import { lockFile } from './lock-file.js'

/** What a successor asks for the lock by. */
export const lockName = 'lock'

export interface OnlyInstanceOptions {
  /** What to do where the right to write rules is missing. */
  readonly cure: string
  /** What can be done beside another instance. */
  readonly beside?: string
  /** A successor shares the lock of the process before it. */
  readonly inheritance?: Inheritance | undefined
}

/**
 * Does `work` as the one instance of this network namespace, with the right to write rules. Rejects with a Failure, and does
 * nothing, where another instance runs, or where that right is missing: `cure` says what to do about it.
 */
export const asOnlyInstance = async <Result>(
  { cure, beside, inheritance }: OnlyInstanceOptions,
  work: (lock: InstanceLock) => Promise<Result>,
): Promise<Result> => {
  await checkPrivileges(machine, cure)
  const lock = await holdInstanceLock(process.pid, {
    inherited: await inheritance?.predecessor.server(lockName),
    ...{ file: lockFile, beside },
  })
  try {
    return await work(lock)
  } finally {
    await lock.close()
  }
}
