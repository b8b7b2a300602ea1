import type { Milliseconds } from '../model/milliseconds.js'

/** Asks the API server. */
export interface Transport {
  /**
   * How long a watch should last, in seconds, from and to. Where the connection itself notices a silent server,
   * a watch may be long; elsewhere only its end tells that the server still lives.
   */
  readonly watchSeconds: readonly [number, number]
  /**
   * Sends a GET for `path` and resolves with the beginning of the answer, whatever its status. Rejects with an
   * `ApiError` when there is none.
   */
  get(path: string, options: GetOptions): Promise<Answer>
  /** Ends all requests. May be called twice. */
  close(): void
}

export interface GetOptions {
  /** Ends the request, whose promise or body then rejects. */
  readonly signal: AbortSignal
  /** How long the server may send nothing before it counts as silent. */
  readonly quiet: Milliseconds
}

/** An answer whose body is still on its way. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  /** To be read once, to its end or left early: both free the connection. Rejects with an `ApiError`. */
  readonly body: AsyncIterable<Uint8Array>
}
