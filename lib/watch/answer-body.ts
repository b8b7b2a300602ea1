import type { Readable } from 'node:stream'
import type { Alarm, Clock } from '../model/clock.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import type { GetOptions } from './transport.js'

// As Node names what OpenSSL found: SELF_SIGNED_CERT_IN_CHAIN, UNABLE_TO_VERIFY_LEAF_SIGNATURE, CERT_HAS_EXPIRED …
const badCertificate = /CERT|SIGNATURE|UNABLE_TO_/

/** The error as what it means for a request. */
export const lost = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error
  const trouble = badCertificate.test(errorCode(error) ?? '') ? 'untrusted' : 'unreachable'
  return new ApiError(trouble, errorText(error), { cause: error })
}

export interface PatienceOptions {
  readonly signal: AbortSignal
  /** How long it lasts after `heard`. */
  readonly quiet: Milliseconds
  readonly clock: Clock
  /** What it means when it is at its end. */
  readonly late: () => ApiError
}

/** How long we wait: until `signal` aborts, or nothing was heard for too long. */
export class Patience {
  readonly #options: PatienceOptions
  readonly #end: (why: ApiError) => void
  #alarm: Alarm | undefined

  /** Calls `end` when it is at its end. */
  constructor(options: PatienceOptions, end: (why: ApiError) => void) {
    this.#options = options
    this.#end = end
    if (options.signal.aborted) this.#abort()
    else {
      options.signal.addEventListener('abort', this.#abort)
      this.heard()
    }
  }

  /** Waits anew. */
  heard(): void {
    const { clock, quiet, late } = this.#options
    this.#alarm?.cancel()
    this.#alarm = clock.after(quiet, () => {
      this.#end(late())
    })
  }

  /** Stops waiting. */
  over(): void {
    this.#alarm?.cancel()
    this.#options.signal.removeEventListener('abort', this.#abort)
  }

  readonly #abort = (): void => {
    this.#alarm?.cancel()
    this.#end(new ApiError('unreachable', 'given up'))
  }
}

/** Patience with a server that has accepted a request. */
export const silentAfter = (options: GetOptions, clock: Clock): PatienceOptions => ({
  ...{ ...options, clock },
  late: () => new ApiError('silent', `the server sent nothing for ${options.quiet / 1000} s`),
})

export interface BodyOptions {
  readonly patience: Patience
  /** Throws when the stream ended without being whole. */
  readonly check: () => void
  /** Gives up what is left of the stream. */
  readonly leave: () => void
}

/** The body that `stream` carries. */
export async function* bodyOf(
  stream: Readable,
  { patience, check, leave }: BodyOptions,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      patience.heard()
      if (chunk instanceof Uint8Array) yield chunk
    }
    check()
  } catch (error) {
    throw lost(error)
  } finally {
    patience.over()
    leave()
  }
}
