import type { ApiTrouble } from '../model/api-event.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import { field, text } from './raw.js'

/** Why a request to the API server did not give what was asked for. */
export class ApiError extends Error {
  readonly trouble: ApiTrouble
  /** How long the server asks us to stay away. */
  readonly retryAfter: Milliseconds | undefined
  /** What the server answered, where it did: 404 for what it does not have. */
  readonly status: number | undefined

  constructor(
    trouble: ApiTrouble,
    message: string,
    more: { cause?: unknown; retryAfter?: Milliseconds; status?: number } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'ApiError'
    this.trouble = trouble
    this.retryAfter = more.retryAfter
    this.status = more.status
  }
}

/** What a server says when it refuses: the code, its `Status` object, and its Retry-After header. */
export interface Refusal {
  readonly code: number
  /** The `Status`, or whatever else it sent. */
  readonly status: unknown
  readonly retryAfter?: string | undefined
}

// A server that was restored from a backup answers this, with 504, to a list from a version it never had.
const tooLarge = 'Too large resource version'

const troubleOf = (code: number, message: string): ApiTrouble => {
  if (code === 410 || message.startsWith(tooLarge)) return 'expired'
  if (code === 401) return 'unauthorized'
  if (code === 403) return 'forbidden'
  return code === 429 || code >= 500 ? 'busy' : 'refused'
}

const longestPause = 300

const pauseFrom = (header: string | undefined): { retryAfter?: Milliseconds } =>
  header !== undefined && /^\d{1,9}$/.test(header)
    ? { retryAfter: seconds(Math.min(Number(header), longestPause)) }
    : {}

/** The error for an answer other than 200, or for an `ERROR` in a watch. */
export const refusalError = ({ code, status, retryAfter }: Refusal): ApiError => {
  const message = text(field(status, 'message')) ?? ''
  const reason = message === '' ? `the server answered ${code}` : `the server answered ${code}: ${message}`
  return new ApiError(troubleOf(code, message), reason, { status: code, ...pauseFrom(retryAfter) })
}
