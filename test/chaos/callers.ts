import { setTimeout as after } from 'node:timers/promises'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { Client } from '../services/client.js'

/** What callers heard so far. */
export interface Heard {
  readonly answered: number
  /** The first few answers that were none: the system's code, or silence. */
  readonly failures: readonly string[]
}

/** Somebody who makes one new connection after the other, until told to stop. */
export interface Callers {
  heard(): Heard
  /** Resolves when the last one has hung up. */
  stop(): Promise<Heard>
}

export interface CallersOptions {
  readonly client: Client
  readonly to: Endpoint
  /** Whether an answer is one of those that count as served. */
  readonly isServed: (answer: string) => boolean
  /** How many connections a second, at most; the next one waits for the one before it. */
  readonly rate: number
}

/** Begins to call. */
export const callers = ({ client, to, isServed, rate }: CallersOptions): Callers => {
  const failures: string[] = []
  let answered = 0
  let over = false
  const heard = (): Heard => ({ answered, failures })
  const call = async (): Promise<void> => {
    while (!over) {
      const next = after(1000 / rate)
      const answer = await client.tcp(to)
      if (isServed(answer)) answered += 1
      else failures.push(answer)
      await next
    }
  }
  const calling = call()
  return {
    heard,
    stop: async () => {
      over = true
      await calling
      return heard()
    },
  }
}
