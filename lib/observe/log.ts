import type { Writable } from 'node:stream'
import winston from 'winston'
import type { Report } from '../model/event.js'
import { describe } from './describe.js'

export interface LogOptions {
  readonly format: 'text' | 'json'
  /** As kube-proxy's `-v`: 0 is the least, 4 says every connection. */
  readonly verbosity: number
  readonly stream: Writable
}

/** Writes what happens in the program, a line each. */
export interface Log {
  readonly event: Report
  /** Something to say that is no event: where the configuration came from, what is missing. */
  info(text: string): void
  warn(text: string): void
}

const textLine = winston.format.printf(
  ({ timestamp, level, message }) => `${String(timestamp)} ${level.padEnd(5)} ${String(message)}`,
)

// Not winston's own, which sorts what it writes: 20 ms for the event of a Service with 10,000 endpoints, instead of 2.
const jsonLine = winston.format.printf(line => JSON.stringify(line))

/** A log that writes to `stream`, in lines for people or in JSON with every field of the event. */
export const openLog = ({ format, verbosity, stream }: LogOptions): Log => {
  const { combine, timestamp } = winston.format
  const logger = winston.createLogger({
    format: combine(timestamp(), format === 'json' ? jsonLine : textLine),
    transports: [new winston.transports.Stream({ stream })],
  })
  return {
    event: event => {
      const { level, verbosity: least, text } = describe(event)
      if (least > verbosity) return
      logger.log({ level, message: text(), ...(format === 'json' ? { event } : {}) })
    },
    info: text => void logger.info(text),
    warn: text => void logger.warn(text),
  }
}
