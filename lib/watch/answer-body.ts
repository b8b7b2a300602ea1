import type { Readable } from 'node:stream'
import type { Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import { ApiError } from './api-error.js'
import type { GetOptions } from './transport.js'

/** The error as what it means for a request. */
export const lost = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError('unreachable', errorText(error), { cause: error })

/** A request's patience: ends it when its signal aborts, or when the server has sent nothing for too long. */
export class Patience {
  readonly #options: GetOptions
  readonly #clock: Clock
  readonly #end: (why: ApiError) => void
  #alarm: { cancel(): void } | undefined

  /** Calls `end` at most once. */
  constructor(options: GetOptions, clock: Clock, end: (why: ApiError) => void) {
    this.#options = options
    this.#clock = clock
    this.#end = end
    if (options.signal.aborted) this.#abort()
    else {
      options.signal.addEventListener('abort', this.#abort)
      this.heard()
    }
  }

  /** The server sent something: wait anew. */
  heard(): void {
    const { quiet } = this.#options
    this.#alarm?.cancel()
    this.#alarm = this.#clock.after(quiet, () => {
      this.#end(new ApiError('silent', `the server sent nothing for ${quiet / 1000} s`))
    })
  }

  /** Stops waiting. */
  over(): void {
    this.#alarm?.cancel()
    this.#options.signal.removeEventListener('abort', this.#abort)
  }

  readonly #abort = (): void => {
    this.#end(new ApiError('unreachable', 'given up'))
  }
}

/** The body that `stream` carries. `whole` tells at its end whether that was all of it. */
export async function* bodyOf(
  stream: Readable,
  patience: Patience,
  whole: () => boolean,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      patience.heard()
      if (chunk instanceof Uint8Array) yield chunk
    }
    if (!whole()) throw new ApiError('unreachable', 'the connection was lost')
  } catch (error) {
    throw lost(error)
  } finally {
    patience.over()
    stream.destroy()
  }
}
