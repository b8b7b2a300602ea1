import { type Log, type LogOptions, openLog } from '../observe/log.js'
import { logReader as reader } from './log-reader.js'
import type { LoggingOptions } from './options/logging.js'

/** The log, as the options want it, on standard error. With a clock, what is said about single clients is limited. */
export const stderrLog = (
  { loggingFormat: format, v: verbosity }: LoggingOptions,
  limited: Pick<LogOptions, 'clock'> = {},
): Log => openLog({ format, verbosity, stream: process.stderr, reader, ...limited })
