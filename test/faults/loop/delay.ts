import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { field } from '../../../lib/watch/raw.js'

/** How late timers were that were due each millisecond: in milliseconds. */
export interface Lateness {
  readonly p99: number
  readonly max: number
}

/** What the event loop of a process was like. */
export interface LoopDelay {
  /** For whatever reason: it may have waited for a core that others used. */
  readonly all: Lateness
  /** As far as the process itself was at work meanwhile, by the CPU it used: no more than this is its own fault. */
  readonly own: Lateness
}

const besideThis = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A command that becomes any Node process, which then tells of its event loop. */
export const probed: readonly [string, string] = ['env', `NODE_OPTIONS=--import=${besideThis('probe.js')}`]

/** Where a process tells of it: an abstract socket of its network namespace. */
export const loopSocket = (pid: number): string => `\0kube-portal-loop-${pid}`

/** What the event loop of a process was like since the last time somebody asked. */
export const loopDelay = async (pid: number): Promise<LoopDelay> => {
  const socket = connect(loopSocket(pid)).setEncoding('utf8')
  let text = ''
  socket.on('data', (piece: string) => (text += piece))
  await once(socket, 'close')
  const told: unknown = JSON.parse(text)
  const lateness = (of: string): Lateness => ({
    p99: Number(field(told, of, 'p99')),
    max: Number(field(told, of, 'max')),
  })
  return { all: lateness('all'), own: lateness('own') }
}

export const delayText = ({ own, all }: LoopDelay): string =>
  `p99 ${own.p99.toFixed(1)} ms, max ${own.max.toFixed(0)} ms by its own work (${all.p99.toFixed(1)} and ${all.max.toFixed(0)} with what others did)`

/** Starts a process that has nothing to do, to see what the machine does to event loops. Ends with the tests. */
export const startIdle = async (): Promise<number> => {
  const [command, ...args] = [...probed, process.execPath, besideThis('idle.js')]
  const idle = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => idle.kill('SIGKILL'))
  await once(idle.stdout, 'data')
  if (idle.pid === undefined) throw new Error('no idle process')
  return idle.pid
}
