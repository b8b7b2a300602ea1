import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { seconds } from '../model/milliseconds.js'
import { serviceOf } from '../model/service-port.js'
import type { Choice } from './choice.js'
import { Lines } from './lines.js'
import type { PlacedSocketFile, SocketFiles } from './socket-files.js'
import { sendStatus, type StatusSource } from './send-status.js'
import type { Tracers } from './tracers.js'

/** What a running instance can be asked. */
export interface Answers extends StatusSource {
  /** Who would serve `client`, an address, or nobody in particular, at a service port; undefined: there is none of that id. */
  readonly choice: (servicePort: string, client: string | undefined) => Choice | undefined
}

export interface ControlServerOptions {
  /** Where the socket is to be. */
  readonly path: string
  readonly files: SocketFiles
  /** Makes its name in the folder another one than that of others, until it is at its place. */
  readonly process: number
  readonly answers: Answers
  readonly tracers: Tracers
  readonly clock: Clock
  readonly report: Report
}

// Whoever may ask is its owner or root; but a mistake in a script must not hurt those who are served.
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: seconds(5),
  requestTimeout: seconds(5),
  keepAliveTimeout: seconds(5),
  connectionsCheckingInterval: seconds(1),
}
const mostConnections = 16

/** As Linux has it. Node cuts what is longer, and says nothing. */
const longestPath = 107

const checkLength = (path: string): void => {
  if (Buffer.byteLength(path) > longestPath)
    throw new Error(`the path is too long for a socket: ${longestPath} bytes are the most`)
}

/** How it ends: with us, or another process of ours answers from now on. */
export type End = 'stopped' | 'handed over'

/** Answers `status`, `trace` and `explain` over a unix socket: HTTP, with a JSON value a line. Where it cannot, nothing else is harmed. */
export class ControlServer {
  readonly #options: ControlServerOptions
  #server: Server | undefined
  #placed: PlacedSocketFile | undefined
  readonly #open = new Set<Lines>()
  /** Those of them that follow connections. */
  readonly #tracing = new Set<Lines>()
  readonly #closing = new AbortController()
  #opening: Promise<void> | undefined

  constructor(options: ControlServerOptions) {
    this.#options = options
  }

  /** Opens it, in the place of whatever was there. Reports how that went, and never rejects. */
  open(): Promise<void> {
    return (this.#opening ??= this.#tryToOpen())
  }

  /** Answers no longer, and tells those who follow how it ended. May be called twice; resolves when it is done. */
  async close(how: End): Promise<void> {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    await this.#opening
    if (how === 'stopped') await this.#placed?.remove()
    for (const lines of this.#open) lines.end(this.#tracing.has(lines) ? { kind: 'ended', how } : undefined)
    const server = this.#server
    if (!server) return
    const over = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    const late = this.#options.clock.after(seconds(0.25), () => server.closeAllConnections())
    await over
    late.cancel()
  }

  async #tryToOpen(): Promise<void> {
    const { path, files, report, process: pid } = this.#options
    const temporary = `${path}.${pid}`
    const server = createServer(limits, (request, response) => this.#answer(request, response))
    server.maxConnections = mostConnections
    try {
      checkLength(temporary)
      await files.prepareSocket(temporary)
      // The mask counts when the name is made, which is before this call returns.
      const mask = process.umask(0o177)
      server.listen({ path: temporary })
      process.umask(mask)
      await once(server, 'listening')
      server.on('error', () => undefined)
      this.#placed = await files.placeSocket(temporary, path)
      this.#server = server
      report({ type: 'control-socket', path })
    } catch (error) {
      server.close()
      report({ type: 'control-failed', path, reason: errorText(error) })
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined)
    const [place = '/', base] = [request.url, 'http://control']
    const { pathname, searchParams } = new URL(URL.canParse(place, base) ? place : '/', base)
    switch (pathname) {
      case '/status': {
        const { answers, clock } = this.#options
        const lines = this.#lines(response)
        const watch = searchParams.get('watch') === 'true'
        void sendStatus(answers, lines, { clock, watch, signal: this.#closing.signal }).then(() =>
          lines.end(),
        )
        return
      }
      case '/trace':
        this.#trace(response, searchParams)
        return
      case '/choice': {
        const [id, client] = [searchParams.get('servicePort') ?? '', searchParams.get('client') ?? undefined]
        const choice = this.#options.answers.choice(id, client)
        const lines = this.#lines(response)
        if (choice) void lines.write(choice)
        lines.end()
        return
      }
      default:
        response.statusCode = 404
        response.end()
    }
  }

  #lines(response: ServerResponse): Lines {
    const lines = new Lines(response)
    this.#open.add(lines)
    void lines.closed.then(() => this.#open.delete(lines))
    return lines
  }

  /** Follows each `service`, `NAMESPACE/NAME`, those of a `namespace`, or all. */
  #trace(response: ServerResponse, asked: URLSearchParams): void {
    const lines = this.#lines(response)
    const services = new Set(asked.getAll('service'))
    const namespace = asked.get('namespace')
    const stop = this.#options.tracers.add({
      isWanted: id => {
        const of = serviceOf(id)
        if (services.size > 0) return services.has(`${of.namespace}/${of.service}`)
        return namespace === null || of.namespace === namespace
      },
      take: step => lines.offer(step),
    })
    this.#tracing.add(lines)
    lines.offer({ kind: 'begun' })
    void lines.closed.then(() => {
      stop()
      this.#tracing.delete(lines)
    })
  }
}
