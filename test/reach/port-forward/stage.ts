import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { realClock } from '../../../lib/cli/real-clock.js'
import type { Clock } from '../../../lib/model/clock.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { PortForward, type PortForwardOptions } from '../../../lib/reach/port-forward/port-forward.js'
import type { ForwardingServer } from '../../../lib/reach/port-forward/web-socket.js'
import type { Certificates } from '../../../lib/sandbox/api/certificates.js'
import { type PortForwarding, servePortForwards } from './kubelet.js'

/** Whose clients are forwarded: the Pods are of its namespace. */
export const servicePort = servicePortId({ namespace: 'shop', service: 'web', port: '', protocol: 'TCP' })

/** Something that runs until the test is over. */
export interface Scene {
  teardown(end: () => unknown): void
}

/** An API server with a kubelet behind it, on loopback. The pods listen there, too. */
export class Api {
  readonly url: URL
  readonly requests: IncomingMessage[] = []
  readonly #server: HttpServer
  readonly #sockets = new Set<Socket>()

  private constructor(server: HttpServer, url: URL) {
    this.url = url
    this.#server = server
  }

  static async start(scene: Scene, { certificates, number = 0, ...rest }: ApiOptions = {}): Promise<Api> {
    const server = certificates
      ? createHttpsServer({ cert: certificates.certificate, key: certificates.key })
      : createHttpServer()
    server.listen(number, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    const api = new Api(server, new URL(`${certificates ? 'https' : 'http'}://127.0.0.1:${address.port}`))
    servePortForwards(server, { dial: ({ port }) => dialLoopback(port), grace: 0, ...rest })
    server.on('connection', (socket: Socket) => {
      api.#sockets.add(socket)
      socket.on('close', () => api.#sockets.delete(socket))
    })
    server.prependListener('upgrade', request => api.requests.push(request))
    scene.teardown(() => api.kill())
    return api
  }

  get port(): number {
    return Number(this.url.port)
  }

  /** How many connections to it are open. */
  get open(): number {
    return this.#sockets.size
  }

  /** Resolves when no connection to it is open any more. */
  async quiet(): Promise<void> {
    while (this.#sockets.size > 0) await Promise.all([...this.#sockets].map(socket => once(socket, 'close')))
  }

  /** Reads nothing any more, and so says nothing either. */
  freeze(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  /** Ends it and every connection, without a word. May be called twice. */
  kill(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

export interface ApiOptions extends Partial<PortForwarding> {
  /** Absent: plain HTTP, as `kubectl proxy` offers it. */
  readonly certificates?: Certificates
  /** The port to listen on. Default: one that is free. */
  readonly number?: number
}

/** To what listens there; half-open is allowed. */
export const dialLoopback = (number: number): Socket =>
  connect({ host: '127.0.0.1', port: number, allowHalfOpen: true })

/** The way to an API server that asks for nothing. */
export const wayTo = (url: URL): ForwardingServer => ({ url, headers: {}, tls: {}, agent: undefined })

/** A reach through `api`, where every endpoint is the Pod `shop/web-1`. */
export const reachThrough = (
  api: { readonly url: URL },
  { clock = realClock, ...rest }: Partial<PortForwardOptions> & { readonly clock?: Clock } = {},
): PortForward =>
  new PortForward({
    server: () => Promise.resolve(wayTo(api.url)),
    podAt: (endpoint: Endpoint) => (endpoint.port > 0 ? { namespace: 'shop', name: 'web-1' } : undefined),
    clock,
    ...rest,
  })
