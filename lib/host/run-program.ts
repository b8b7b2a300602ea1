import { type ChildProcess, spawn } from 'node:child_process'
import { constants as system } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'
import { errorCode } from '../model/error-text.js'
import { isAtWork } from './at-work.js'
import type { Output, RunOptions } from './host.js'
import { commandAs, enclosed, findProgram, variablesAs } from './run-as.js'

const late = (program: string, within: string): Error =>
  Object.assign(new Error(`${program} did not end ${within}`), { code: 'ETIMEDOUT' })

const exhausted: Readonly<Record<string, string>> = {
  EMFILE: 'too few files may be open here: raise the limit (ulimit -n, LimitNOFILE=)',
  ENFILE: 'too many files are open on this machine: raise fs.file-max',
  EAGAIN: 'there are too many processes: raise the limit (ulimit -u, TasksMax=)',
  ENOMEM: 'too little memory is left',
}

/** Why a program could not be started, in a user's words. */
const unstarted = (program: string, cause: Error): Error => {
  const code = errorCode(cause) ?? ''
  // With a folder in PATH that may not be searched, which `su` leaves behind, the system says EACCES.
  if (code === 'EACCES' && !program.includes('/'))
    return Object.assign(new Error(`${program} is not found, or may not be run`, { cause }), {
      code: 'ENOENT',
    })
  const why = exhausted[code]
  return why === undefined ? cause : Object.assign(new Error(why, { cause }), { code })
}

/** Kills the child and all that it started in its process group, and waits for nothing of theirs. */
const killGroup = (child: ChildProcess): void => {
  if (child.pid !== undefined)
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // By now there may be none left.
    }
  // A grandchild in another group may hold the pipes open for ever; and what the kernel does not let go of cannot be killed.
  for (const pipe of child.stdio) pipe?.destroy()
  child.unref()
}

/** In milliseconds. */
const lookEvery = 50

/** So many looks one after the other: a program at work may wait for a moment, such as for us to read what it prints. */
const looks = 3

/** Resolves when the process has been found at rest for a while, or `ended` says that it is gone. */
const atRest = async (pid: number, ended: () => boolean): Promise<void> => {
  for (let resting = 0; resting < looks && !ended();) {
    resting = (await isAtWork(pid)) ? 0 : resting + 1
    await after(lookEvery)
  }
}

/** What `Host` promises of `run`, on this machine. */
export const runProgram = async (
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Output> => {
  const { as } = options
  const env = { ...(as ? variablesAs(as, process.env) : process.env), ...options.variables }
  if (!as) return run(program, args, { ...options, env })
  const place = await findProgram(program, env.PATH ?? '')
  if (place === undefined)
    throw Object.assign(new Error(`there is no program ${program}`), { code: 'ENOENT' })
  const [launcher, all] = commandAs(as, place, args)
  return run(launcher, all, { ...options, env: enclosed(env) })
}

interface Prepared extends RunOptions {
  readonly env: NodeJS.ProcessEnv
}

const run = (
  program: string,
  args: readonly string[],
  { timeout, input, giveUp, env, complaint }: Prepared,
): Promise<Output> =>
  new Promise((resolve, reject) => {
    if (giveUp?.aborted) {
      reject(late(program, 'in time: there was none left'))
      return
    }
    // In a process group of its own: Ctrl-C on a terminal is for us, not for what we have under way.
    const child: ChildProcess = spawn(program, args, {
      ...{ stdio: 'pipe', detached: true, env },
    })
    child.on('error', error => {
      reject(unstarted(program, error))
    })
    const { stdin, stdout, stderr } = child
    // Without descriptors to spare there are none (tried with 20.20), and the error comes later.
    if (!stdin || !stdout || !stderr) return
    const said: Buffer[] = []
    const complained: Buffer[] = []
    let ended = false
    const end = (): void => {
      ended = true
      clearTimeout(timer)
      giveUp?.removeEventListener('abort', abandon)
    }
    const kill = (error: Error): void => {
      if (ended) return
      end()
      killGroup(child)
      reject(error)
    }
    const abandon = (): void =>
      void atRest(child.pid ?? 0, () => ended).then(() => kill(late(program, 'in the time that was left')))
    const timer = setTimeout(() => kill(late(program, `within ${timeout} ms`)), timeout)
    giveUp?.addEventListener('abort', abandon)
    stdout.on('data', (chunk: Buffer) => said.push(chunk))
    stderr.on('data', (chunk: Buffer) => {
      complained.push(chunk)
      complaint?.(chunk.toString())
    })
    // A program may end without reading its input: its exit code says whether that was well.
    stdin.on('error', () => undefined)
    stdin.end(input)
    child.on('error', end)
    child.on('close', (code, signal) => {
      end()
      resolve({
        code: code ?? 128 + (signal ? system.signals[signal] : 0),
        stdout: Buffer.concat(said).toString(),
        stderr: Buffer.concat(complained).toString(),
      })
    })
  })
