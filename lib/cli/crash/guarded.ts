import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import { fileURLToPath } from 'node:url'
import { startSurvivor, type Survivor } from '../../host/survivor.js'
import { errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import type { Log } from '../../observe/log.js'
import type { RunOptions } from '../options.js'
import { farewell, guardianArgs } from './guardian.js'
import { type Beginnings, onCrash } from './on-crash.js'
import { stderrLog } from '../stderr-log.js'

const program = fileURLToPath(new URL('../../../bin/guardian.js', import.meta.url))

const cure = 'should this one be killed, run kube-portal cleanup'

/** Undefined, which is said, where there can be none: that is no reason not to run. */
const startGuardian = async (options: RunOptions, log: Log): Promise<Survivor | undefined> => {
  const { loggingFormat, stateDir } = options
  const args = guardianArgs({
    ...{ of: String(process.pid), loggingFormat },
    ...(stateDir !== undefined && { stateDir: resolve(stateDir) }),
  })
  try {
    // What our Node was told, such as to wait for a debugger, is not for this one.
    const env = { ...process.env, NODE_OPTIONS: '' }
    return await startSurvivor([process.execPath, program, ...args], env)
  } catch (error) {
    log.warn(`no guardian can be started: ${errorText(error)}; ${cure}`)
    return undefined
  }
}

/**
 * Does `work`, which changes this machine, with a guardian beside it where `--on-crash` asks for one; `env` is what the process was
 * started with. A Failure is no crash: what it leaves, if anything, it says.
 */
export const guarded = async <Result>(
  options: RunOptions,
  work: () => Promise<Result>,
  env: Beginnings['env'],
): Promise<Result> => {
  const onTerminal = isatty(0) || isatty(2)
  if (onCrash(options.onCrash, { env, onTerminal }) === 'keep') return work()
  const log = stderrLog(options)
  const guardian = await startGuardian(options, log)
  let over = false
  void guardian?.ended.then(() => {
    if (!over) log.warn(`the guardian has ended; ${cure}`)
  })
  const dismiss = async (): Promise<void> => {
    over = true
    await guardian?.leave(farewell)
  }
  try {
    const result = await work()
    await dismiss()
    return result
  } catch (error) {
    if (error instanceof Failure) await dismiss()
    throw error
  }
}
