import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../model/clock.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { bodyOf, lost, Patience, silentAfter } from './answer-body.js'
import { text } from './raw.js'
import type { Answer, GetOptions } from './transport.js'

const pingEvery = seconds(15)
const pongDue = seconds(10)

/** Even a list of everything begins within this time, and so does a watch, however long it then is quiet. */
const answerDue = seconds(40)

/**
 * A server frozen with its connections open says nothing: only a PING that stays unanswered tells. Calls `silent`
 * then.
 */
const keepAsking = (session: ClientHttp2Session, clock: Clock, silent: (why: ApiError) => void): void => {
  let alarm = clock.after(pingEvery, ping)
  function ping(): void {
    alarm = clock.after(pongDue, () => {
      silent(new ApiError('silent', `the server did not answer a PING within ${pongDue / 1000} s`))
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

/** One request. */
class Exchange {
  readonly stream: ClientHttp2Stream
  #why: Error | undefined

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    stream.on('error', error => {
      this.#why ??= error
    })
  }

  /** Ends it, for this reason unless it has ended already. */
  cancel(why: Error): void {
    this.#why ??= why
    // Never `destroy`: that, on a stream that has not ended, corrupts the memory of Node 20 (20.20.2, nghttp2 1.61:
    // three requests, the first answered and the others destroyed; the process then dies at its end, or earlier).
    this.stream.close(constants.NGHTTP2_CANCEL)
    this.stream.resume()
  }

  /** Why it did not end well. */
  get why(): ApiError {
    return lost(this.#why ?? new Error('the connection was lost'))
  }

  /** Throws when it did not end well. */
  check(): void {
    if (this.#why || this.stream.aborted || this.stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw this.why
  }
}

/** An open HTTP/2 connection to the API server, for any number of requests at once. */
export class Http2Session {
  readonly #session: ClientHttp2Session
  readonly #clock: Clock
  readonly #exchanges = new Set<Exchange>()

  /** Takes over `socket`, on which HTTP/2 was agreed. */
  constructor(origin: string, socket: TLSSocket, clock: Clock) {
    this.#clock = clock
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1024 * 1024 },
    })
    this.#session.on('error', (error: Error) => {
      this.#end(error)
    })
    keepAsking(this.#session, clock, why => {
      this.#end(why)
    })
  }

  /** Whether it takes more requests. */
  get open(): boolean {
    return !this.#session.closed && !this.#session.destroyed
  }

  /**
   * Sends a GET. Rejects with an `ApiError`, and takes no more requests after one that had no answer: whatever refused it,
   * or kept it waiting, may be peculiar to this connection, and would last for as long.
   */
  get(path: string, headers: Readonly<Record<string, string>>, options: GetOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(this.#session.request(requestHeaders(path, headers)))
      this.#exchanges.add(exchange)
      const giveUp = (why: ApiError): void => {
        exchange.cancel(why)
      }
      const due = milliseconds(Math.min(options.quiet, answerDue))
      const beginning = new Patience(silentAfter({ ...options, quiet: due }, this.#clock), giveUp)
      let answered = false
      exchange.stream.once('response', response => {
        answered = true
        beginning.over()
        const patience = new Patience(silentAfter(options, this.#clock), giveUp)
        exchange.stream.once('close', () => {
          patience.over()
        })
        resolve({
          status: response[':status'] ?? 0,
          retryAfter: text(response['retry-after']),
          body: bodyOf(exchange.stream, {
            patience,
            check: () => {
              exchange.check()
            },
            leave: () => {
              exchange.cancel(new Error('left'))
            },
          }),
        })
      })
      exchange.stream.once('close', () => {
        this.#exchanges.delete(exchange)
        beginning.over()
        if (!answered && !options.signal.aborted) this.retire()
        reject(exchange.why)
      })
    })
  }

  /** Takes no more requests, and ends with the last that is under way. */
  retire(): void {
    if (this.open) this.#session.close()
  }

  /** Ends at once. */
  destroy(): void {
    this.#end(new Error('the connection was closed'))
  }

  #end(why: Error): void {
    for (const exchange of this.#exchanges) exchange.cancel(why)
    this.#session.destroy()
  }
}

const requestHeaders = (path: string, headers: Readonly<Record<string, string>>): Record<string, string> => ({
  ':path': path,
  accept: 'application/json',
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)),
})
