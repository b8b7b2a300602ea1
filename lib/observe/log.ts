import type { Writable } from 'node:stream'
import winston from 'winston'
import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import { describe } from './describe.js'
import { journalLine } from './journal-line.js'
import { Outlet } from './outlet.js'
import { Quota } from './quota.js'

export interface LogOptions {
  readonly format: 'text' | 'json'
  /** As kube-proxy's `-v`: 0 is the least, 4 says every connection. */
  readonly verbosity: number
  readonly stream: Writable
  /** Who reads it: the journal of systemd has a time for each line, and wants to know how grave it is. Default: people. */
  readonly reader?: 'journal' | 'people'
  /** Limits how much is said about single clients. Absent: it is not limited. */
  readonly clock?: Clock
}

/** Writes what happens in the program, a line each. */
export interface Log {
  readonly event: Report
  /** Something to say that is no event: where the configuration came from, what is missing. */
  info(text: string): void
  warn(text: string): void
  /** Says what is still to be said. May be called twice. */
  close(): void
}

const { combine, timestamp, printf } = winston.format

const textLine = printf(
  ({ timestamp, level, message }) => `${String(timestamp)} ${level.padEnd(5)} ${String(message)}`,
)

// Not winston's own, which sorts what it writes: 20 ms for the event of a Service with 10,000 endpoints, instead of 2.
const jsonLine = printf(line => JSON.stringify(line))

const forPeople = { text: combine(timestamp(), textLine), json: combine(timestamp(), jsonLine) }

const forJournal = {
  text: printf(({ level, message }) => journalLine(level, String(message))),
  json: combine(
    timestamp(),
    printf(line => journalLine(line.level, JSON.stringify(line))),
  ),
}

/** A log that writes to `stream`, in lines for people or in JSON with every field of the event. */
export const openLog = ({ format, verbosity, stream, reader, clock }: LogOptions): Log => {
  const logger = winston.createLogger({
    format: (reader === 'journal' ? forJournal : forPeople)[format],
    transports: [new winston.transports.Stream({ stream })],
  })
  const outlet = new Outlet(stream, count => {
    logger.warn(`lines left out, as nobody read them as fast as they were written: ${count}`)
  })
  const say = (line: winston.LogEntry): void => {
    if (outlet.isOpen()) logger.log(line)
  }
  const warn = (message: string): void => {
    say({ level: 'warn', message })
  }
  const quota =
    clock &&
    new Quota(clock, count => warn(`lines about single clients left out, beyond 2000 in 10 s: ${count}`))
  return {
    event: event => {
      const { level, verbosity: least, text } = describe(event)
      if (least > verbosity) return
      if ('client' in event && quota?.take() === false) return
      say({ level, message: text(), ...(format === 'json' ? { event } : {}) })
    },
    info: message => {
      say({ level: 'info', message })
    },
    warn,
    close: () => quota?.close(),
  }
}
