import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import type { Port } from '../model/port.js'

/** An answer to an HTTP request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Where a server is to be. */
export interface ServerPlace {
  readonly port: Port
  /** Absent: all addresses of both families, with one socket. */
  readonly address: IpAddress | undefined
}

/** Has a server listen there; `listening` and `error` tell how that went. */
export type ListenHttp = (server: Server, place: ServerPlace) => Promise<void>

const listenAnew: ListenHttp = (server, { port, address }) => {
  server.listen({ port, ...(address !== undefined && { host: address }) })
  return Promise.resolve()
}

export interface BoundedServerOptions extends ServerPlace {
  /** Absent: anew. */
  readonly listen?: ListenHttp | undefined
  /**
   * What to answer now to who asks for `path`, and would `accept` these kinds of content (RFC 9110, 12.5.1); undefined: nothing,
   * and the connection ends. Never rejects.
   */
  readonly answer: (path: string, accept: string) => Answer | undefined | Promise<Answer | undefined>
  /** Called with what goes wrong after it has opened, which does no harm. */
  readonly failed: (error: Error) => void
}

/** Something that answers until it is closed. */
export interface BoundedServer {
  /** Ends its connections, too. May be called twice; resolves when it is done. */
  close(): Promise<void>
}

// Anybody may ask. Each gets little memory and little time, and all together few descriptors.
const limits = {
  maxHeaderSize: 4096,
  headersTimeout: seconds(5),
  requestTimeout: seconds(5),
  keepAliveTimeout: seconds(5),
  connectionsCheckingInterval: seconds(1),
}
const longestSilence = seconds(10)
const mostConnections = 64

/** Answers HTTP requests. Rejects with the system's error (`EADDRINUSE`) when it cannot listen. */
export const openBoundedServer = async ({
  port,
  address,
  listen = listenAnew,
  answer,
  failed,
}: BoundedServerOptions): Promise<BoundedServer> => {
  const respond = async (
    { url = '', headers: { accept = '' } }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const now = await answer(url.replace(/\?.*/s, ''), accept)
    if (now) {
      response.setHeaders(new Map(Object.entries(now.headers)))
      response.statusCode = now.status
      response.end(now.body)
    } else response.destroy()
  }
  const server = createServer(limits, (request, response) => void respond(request, response))
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    // Answers take next to no time, so who has been there for longest only keeps the place.
    const [longest] = open
    if (open.size > mostConnections) longest?.destroy()
  })
  server.timeout = longestSilence
  const listening = once(server, 'listening')
  await Promise.all([listening, listen(server, { port, address })])
  server.on('error', failed)
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    const over = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await over
  }
  return { close: () => (closed ??= close()) }
}
