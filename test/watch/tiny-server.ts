import { createServer as createHttp } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Certificates } from '../../lib/sandbox/api/certificates.js'

export interface Request {
  readonly url?: string | undefined
  readonly headers: { readonly authorization?: string | undefined; readonly accept?: string | undefined }
}

/** What the responses of all three kinds of server have. */
export interface Response {
  statusCode: number
  setHeader(name: string, value: string): unknown
  write(text: string): unknown
  end(text: string): unknown
}

/** A server on a port of its own, that answers as it is told. */
export interface TinyServer {
  readonly port: number
  /** Connections accepted so far. */
  readonly connections: () => number
  /** Cuts all connections. */
  cut(): void
  close(): Promise<void>
}

export type Speaks = 'http' | 'https' | 'h2'

const serverFor = (
  speaks: Speaks,
  { certificate: cert, key }: Certificates,
  answer: (request: Request, response: Response) => void,
): Server => {
  switch (speaks) {
    case 'http':
      return createHttp(answer)
    case 'https':
      return createHttps({ cert, key }, answer)
    case 'h2':
      return createSecureServer({ cert, key }, answer)
  }
}

export const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0

export const tinyServer = async (
  speaks: Speaks,
  certificates: Certificates,
  answer: (request: Request, response: Response) => void,
): Promise<TinyServer> => {
  const server = serverFor(speaks, certificates, answer)
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: portOf(server.address()),
    connections: () => connections,
    cut,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        cut()
      }),
  }
}
