import { connect, type TLSSocket } from 'node:tls'
import type { Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { lost, Patience } from './answer-body.js'
import { wholeText } from './body.js'
import type { Credentials } from './credentials.js'
import { connectWithin, getHttp1 } from './http1.js'
import { Http2Session } from './http2-session.js'
import type { Answer, GetOptions, Transport } from './transport.js'

export interface ApiClientOptions {
  /** Where the API server is, with the path above its own paths where there is one. */
  readonly server: URL
  /** Whether the credentials' agent goes through a proxy: HTTP/1.1 then. */
  readonly proxied: boolean
  readonly credentials: (signal: AbortSignal) => Promise<Credentials>
  /** Told when the server does not take them; says whether there may be others, to try once more. Absent: there are none. */
  readonly refused?: (credentials: Credentials) => boolean
  readonly clock: Clock
}

/** An exec plugin may wait for its user to log in, and has a shorter limit of its own. */
const credentialsTimeout = seconds(330)

/** What has to be equal for two requests to share a connection. */
const identityOf = ({ ca, cert, key, servername, rejectUnauthorized }: Credentials['tls']): string =>
  JSON.stringify([ca, cert, key, servername, rejectUnauthorized])

const isName = (host: string): boolean => !host.startsWith('[') && !/^[\d.]+$/.test(host)

interface SocketOptions {
  readonly tls: Credentials['tls']
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Connects with TLS, offering HTTP/2. Rejects, and leaves no socket behind, after 10 s. */
const openSocket = (server: URL, { tls, clock, signal }: SocketOptions): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const host = server.hostname
    const socket = connect({
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: server.port === '' ? 443 : Number(server.port),
      ALPNProtocols: ['h2', 'http/1.1'],
      ...(isName(host) && { servername: host }),
      ...tls,
    })
    const patience = new Patience(connectWithin({ signal, clock }), why => socket.destroy(why))
    const failed = (error: Error): void => {
      patience.over()
      reject(lost(error))
    }
    socket.once('error', failed)
    socket.once('secureConnect', () => {
      patience.over()
      socket.off('error', failed)
      resolve(socket)
    })
  })

/**
 * Speaks with one API server: over one HTTP/2 connection where it can, else over HTTP/1.1 connections. A connection
 * that was lost is replaced with the next request.
 */
export class ApiClient implements Transport {
  readonly #options: ApiClientOptions
  readonly #closing = new AbortController()
  #http1: boolean
  #session: { readonly identity: string; readonly opening: Promise<Http2Session | undefined> } | undefined

  constructor(options: ApiClientOptions) {
    this.#options = options
    this.#http1 = options.proxied || options.server.protocol === 'http:'
  }

  get watchSeconds(): readonly [number, number] {
    return this.#http1 ? [35, 35] : [300, 600]
  }

  async get(path: string, { signal, quiet }: GetOptions): Promise<Answer> {
    const { server, clock } = this.#options
    const options = { signal: AbortSignal.any([signal, this.#closing.signal]), quiet, clock }
    const whole = server.pathname.replace(/\/$/, '') + path
    const ask = async (credentials: Credentials): Promise<Answer> => {
      const session = await this.#sessionFor(credentials)
      return session
        ? session.get(whole, credentials.headers, options)
        : getHttp1(new URL(whole, server), credentials, options)
    }
    try {
      const credentials = await this.#credentials(options.signal)
      const answer = await ask(credentials)
      if (answer.status !== 401 || this.#options.refused?.(credentials) !== true) return answer
      await wholeText(answer.body)
      return await ask(await this.#credentials(options.signal))
    } catch (error) {
      throw lost(error)
    }
  }

  close(): void {
    this.#closing.abort()
    const opening = this.#session?.opening
    this.#session = undefined
    opening?.then(
      session => session?.destroy(),
      () => undefined,
    )
  }

  #credentials(signal: AbortSignal): Promise<Credentials> {
    const { clock, credentials } = this.#options
    return new Promise((resolve, reject) => {
      const late = (): ApiError =>
        new ApiError('unauthorized', `no credentials within ${credentialsTimeout / 1000} s`)
      const patience = new Patience({ signal, quiet: credentialsTimeout, clock, late }, reject)
      credentials(this.#closing.signal)
        .then(resolve, reject)
        .finally(() => {
          patience.over()
        })
    })
  }

  async #sessionFor(credentials: Credentials): Promise<Http2Session | undefined> {
    if (this.#http1) return undefined
    const { tls } = credentials
    const identity = identityOf(tls)
    const held = this.#session
    if (held?.identity !== identity) return this.#renew(identity, tls)
    const session = await held.opening
    if (session?.open !== false) return session
    // Another request may have been first to notice, and to replace it.
    return this.#session === held ? this.#renew(identity, tls) : this.#sessionFor(credentials)
  }

  async #renew(identity: string, tls: Credentials['tls']): Promise<Http2Session | undefined> {
    const former = this.#session
    const next = { identity, opening: this.#open(tls) }
    this.#session = next
    try {
      const session = await next.opening
      ;(await former?.opening.catch(() => undefined))?.retire()
      return session
    } catch (error) {
      if (this.#session === next) this.#session = undefined
      throw error
    }
  }

  async #open(tls: Credentials['tls']): Promise<Http2Session | undefined> {
    const { server, clock } = this.#options
    const socket = await openSocket(server, { tls, clock, signal: this.#closing.signal })
    if (socket.alpnProtocol === 'h2' && !this.#closing.signal.aborted)
      return new Http2Session(server.origin, socket, clock)
    socket.destroy()
    this.#http1 ||= !this.#closing.signal.aborted
    return undefined
  }
}
