import { descriptors, memoryBytes } from '../measure/process.js'
import { ask, type Program } from '../stage/program.js'

/** What a process knows of itself. */
export interface Held {
  /** Timers that have not rung, whether or not they keep the process alive. */
  readonly timers: number
  readonly tcpSockets: number
  /** One for each flow, and one for each address that clients may come to. */
  readonly udpSockets: number
  /** Bytes that JavaScript uses, after a garbage collection. */
  readonly heap: number
}

/** What a process holds: what it knows itself, and what the kernel says. */
export interface Holding extends Held {
  readonly descriptors: number
  /** Bytes (PSS). */
  readonly memory: number
}

const isHeld = (value: unknown): value is Held =>
  typeof value === 'object' && value !== null && 'timers' in value && 'udpSockets' in value && 'heap' in value

/** Asks a process that has `probe.js` loaded. */
export const holding = async (program: Program): Promise<Holding> => {
  const held = await ask(program, 'what do you hold?')
  if (!isHeld(held)) throw new Error('the probe answered something else')
  return { ...held, descriptors: await descriptors(program.pid), memory: await memoryBytes(program.pid) }
}
