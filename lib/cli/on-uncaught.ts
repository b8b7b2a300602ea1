import { errorCode } from '../model/error-text.js'

// A pipe that nobody reads, and a terminal that was closed.
const nobodyReads: readonly (string | undefined)[] = ['EPIPE', 'EIO']

/**
 * Calls `fail` with an error that nobody caught, a promise that nobody waited for included; it is to end the process. That
 * nobody reads our output any more is no such error: it may not keep a stop from taking the rules out.
 */
export const onUncaught = (fail: (error: unknown) => void): void => {
  process.on('uncaughtException', fail)
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', error => {
      if (!nobodyReads.includes(errorCode(error))) throw error
    })
}
