import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { once } from 'node:events'
import type { Certificates } from '../certificates.js'
import type { Handler, HttpResponse } from './exchange.js'

/** Goes on with a connection that is to speak another protocol; `head` are the first bytes of it. */
export type Upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => void

export interface ApiServerOptions {
  readonly handler: Handler
  /** Absent: who asks for another protocol is answered as if he had not. */
  readonly upgrade?: Upgrade
  /** Absent: plain HTTP, as `kubectl proxy` offers it. */
  readonly certificates?: Certificates
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
}

/** An API server that listens. */
export interface ApiServer {
  /** Where: `https://127.0.0.1:6443`. */
  readonly url: string
  /** What clients have to trust, as PEM; undefined over plain HTTP. */
  readonly ca: string | undefined
  /** Ends what is still being answered, watches too, and every connection. May be called twice. */
  close(): Promise<void>
}

const listener = (handler: Handler, certificates: Certificates | undefined): Server | Http2SecureServer => {
  if (!certificates) return createServer(handler)
  const { certificate, key } = certificates
  return createSecureServer({ allowHTTP1: true, cert: certificate, key }, handler)
}

const urlOf = (server: Server | Http2SecureServer, { host, certificates }: ApiServerOptions): string => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return `${certificates ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Listens for HTTP/2 and HTTP/1.1 on one port. Rejects when it cannot. */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { handler, upgrade, certificates, host, port } = options
  const responses = new Set<HttpResponse>()
  const sockets = new Set<Socket>()
  const server = listener((request, response) => {
    responses.add(response)
    response.on('close', () => responses.delete(response))
    handler(request, response)
  }, certificates)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  if (upgrade) server.on('upgrade', upgrade)
  server.listen(port, host)
  await once(server, 'listening')
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const ended = once(server, 'close')
    server.close()
    for (const response of responses) response.end()
    // What was ended just now is on its way after this turn; who does not read it is not waited for.
    await new Promise(resolve => setImmediate(resolve))
    for (const socket of sockets) socket.destroy()
    await ended
  }
  return {
    url: urlOf(server, options),
    ca: certificates?.ca,
    close: () => (closed ??= close()),
  }
}
