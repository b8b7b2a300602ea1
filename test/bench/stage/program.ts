import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'node:net'

/** Nothing that we start takes longer to be ready, or something is wrong. */
const patience = 20_000

/** A program that runs beside us. It ends with the namespace, if not before. */
export interface Program {
  readonly pid: number
  readonly child: ChildProcess
  /** Ends it in order, and without a word if that takes more than 20 s. Resolves when it is gone. */
  stop(): Promise<void>
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const killed = setTimeout(() => child.kill('SIGKILL'), patience)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(killed)
}

export interface StartOptions {
  /** A channel to talk to it, if it is a program of ours. */
  readonly channel?: 'ipc' | 'ignore'
  /** Where what it says on standard error goes: an open file. Default: where ours goes. */
  readonly stderr?: number
}

/** Starts `command`. Rejects when there is no such program. */
export const start = async (
  [program = '', ...args]: readonly string[],
  { channel = 'ignore', stderr = 2 }: StartOptions = {},
): Promise<Program> => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', stderr, channel] })
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error(`${program} has no process number`)
  return { pid: child.pid, child, stop: () => stop(child) }
}

/** The next line that `program` says. Rejects when it ends first, or says nothing for 20 s. */
export const nextLine = async ({ child }: Program): Promise<string> => {
  const { stdout } = child
  if (!stdout) throw new Error('its standard output is not ours')
  const lines = createInterface(stdout)
  try {
    const signal = AbortSignal.timeout(patience)
    const line: unknown[] = await Promise.race([
      once(lines, 'line', { signal }),
      once(lines, 'close', { signal }).then(() => []),
    ])
    if (typeof line[0] !== 'string') throw new Error(`${child.spawnargs.join(' ')} ended before it was ready`)
    return line[0]
  } finally {
    lines.close()
  }
}

/** Says `question` to a program of ours that was started with a channel, and resolves with what it says to that. */
export const ask = async ({ child }: Program, question: string): Promise<unknown> => {
  const answered: Promise<unknown[]> = once(child, 'message', { signal: AbortSignal.timeout(patience) })
  child.send(question)
  return (await answered)[0]
}

/** Starts a program of ours that says a line when it is ready. */
export const startReady = async (command: readonly string[]): Promise<Program> => {
  const program = await start(command)
  await nextLine(program)
  program.child.stdout?.resume()
  return program
}

/** Runs `command` to its end and resolves with what it printed. Rejects when it fails, or takes longer than `limit` ms. */
export const output = async (command: readonly string[], limit: number): Promise<string> => {
  const program = await start(command)
  const late = setTimeout(() => program.child.kill('SIGKILL'), limit)
  const { stdout } = program.child
  const [said] = await Promise.all([stdout ? text(stdout) : '', once(program.child, 'exit')])
  clearTimeout(late)
  if (program.child.exitCode !== 0) throw new Error(`${command.join(' ')} failed: ${said.slice(-300)}`)
  return said
}

/** Resolves when `condition` holds, which is looked at often. Rejects after 20 s. */
export const until = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + patience
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patience / 1000} s in vain for ${what}`)
    await pause(20)
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

/** Resolves when somebody listens on a local TCP port. */
export const listeningOn = (port: number): Promise<void> => until(`port ${port}`, () => accepts(port))
