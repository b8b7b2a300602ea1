import { errorCode } from '../model/error-text.js'

/**
 * Calls `fail` with an error that nobody caught, a promise that nobody waited for included; it is to end the process. That
 * nobody reads our output any more is no such error: it may not keep a stop from taking the rules out.
 */
export const onUncaught = (fail: (error: unknown) => void): void => {
  process.on('uncaughtException', fail)
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', error => {
      if (errorCode(error) !== 'EPIPE') throw error
    })
}
