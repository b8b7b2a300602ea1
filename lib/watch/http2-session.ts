import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { bodyOf, lost, Patience, silentAfter } from './answer-body.js'
import { text } from './raw.js'
import type { Answer, GetOptions } from './transport.js'

const pingEvery = seconds(15)
const answerDue = seconds(10)

/** A server frozen with its connections open says nothing: only a PING that stays unanswered tells. */
const keepAsking = (session: ClientHttp2Session, clock: Clock): void => {
  let alarm = clock.after(pingEvery, ping)
  function ping(): void {
    alarm = clock.after(answerDue, () => {
      session.destroy(new ApiError('silent', `the server did not answer a PING within ${answerDue / 1000} s`))
    })
    session.ping(error => {
      if (error !== null || session.destroyed) return
      alarm.cancel()
      alarm = clock.after(pingEvery, ping)
    })
  }
  session.once('close', () => {
    alarm.cancel()
  })
}

/** An open HTTP/2 connection to the API server, for any number of requests at once. */
export class Http2Session {
  readonly #session: ClientHttp2Session
  readonly #clock: Clock
  #lost: Error | undefined

  /** Takes over `socket`, on which HTTP/2 was agreed. */
  constructor(origin: string, socket: TLSSocket, clock: Clock) {
    this.#clock = clock
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1024 * 1024 },
    })
    this.#session.on('error', (error: Error) => {
      this.#lost = error
    })
    keepAsking(this.#session, clock)
  }

  /** Whether it takes more requests. */
  get open(): boolean {
    return !this.#session.closed && !this.#session.destroyed
  }

  /** Sends a GET. Rejects with an `ApiError`. */
  get(path: string, headers: Readonly<Record<string, string>>, options: GetOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
      const stream = this.#session.request({
        ...{ ':path': path, accept: 'application/json' },
        ...Object.fromEntries(lower),
      })
      const patience = new Patience(silentAfter(options, this.#clock), why => stream.destroy(why))
      stream.once('response', response => {
        patience.heard()
        const body = bodyOf(stream, patience, () => this.#endedWell(stream))
        resolve({ status: response[':status'] ?? 0, retryAfter: text(response['retry-after']), body })
      })
      stream.on('error', error => {
        patience.over()
        reject(lost(error))
      })
      stream.once('close', () => {
        patience.over()
        reject(lost(this.#lost ?? new Error('the connection was lost')))
      })
    })
  }

  /** Takes no more requests, and ends with the last that is under way. */
  retire(): void {
    if (this.open) this.#session.close()
  }

  /** Ends at once. */
  destroy(): void {
    this.#session.destroy()
  }

  #endedWell(stream: ClientHttp2Stream): boolean {
    if (this.#lost) throw this.#lost
    return !stream.aborted && stream.rstCode === constants.NGHTTP2_NO_ERROR
  }
}
