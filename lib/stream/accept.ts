import type { Server, Socket } from 'node:net'
import type { TurnedAway } from '../model/traffic-event.js'
import type { Budget } from './budget.js'
import type { ByteStream } from './byte-stream.js'
import { DuplexStream } from './duplex-stream.js'
import { HandleStream } from './handle-stream.js'
import { keepAliveDelay } from './keep-alive.js'
import { socketName, type SocketName } from './socket-name.js'
import { type TcpHandle, type TcpHandles, tcpHandles } from './tcp-handle.js'

/** A client that has connected. */
export interface Arrival {
  readonly stream: ByteStream
  readonly peer: SocketName
  /** Undefined for most, who have come to the listener of whom they want. Always there: one shape is quicker than two. */
  readonly request: Request | undefined
}

/** A client that has said whom it wants, and waits for an answer. */
export interface Request {
  /** What it has sent after that. */
  readonly early: Uint8Array
  readonly hasEnded: boolean
  /** What it is sent before anything else when somebody serves it. */
  readonly granted: Uint8Array
  /** Tells it that nobody does, and ends the stream; by default that would be reset. */
  readonly refuse: (reason: TurnedAway['reason']) => void
}

/** A server's inner half. */
interface Listening extends TcpHandle {
  onconnection: (error: number | undefined, connection: unknown) => void
}

/**
 * Calls `arrived` for each client of `server`, which listens; those that are gone by then are left out. `budget` is memory for
 * what is read in bulk.
 */
export const accept = (server: Server, budget: Budget, arrived: (arrival: Arrival) => void): void => {
  const listening: unknown = Reflect.get(server, '_handle')
  if (tcpHandles?.isHandle(listening) && isListening(listening))
    acceptHandles(tcpHandles, listening, { budget, arrived })
  else acceptSockets(server, arrived)
}

const isListening = (handle: TcpHandle): handle is Listening =>
  'onconnection' in handle && typeof handle.onconnection === 'function'

const acceptHandles = (
  handles: TcpHandles,
  listening: Listening,
  { budget, arrived }: { readonly budget: Budget; readonly arrived: (arrival: Arrival) => void },
): void => {
  const usual = listening.onconnection.bind(listening)
  // Linux hands these on to the sockets that are accepted.
  listening.setNoDelay(true)
  listening.setKeepAlive(true, keepAliveDelay)
  listening.onconnection = (error, handle) => {
    if (error || !handles.isHandle(handle)) {
      usual(error, handle)
      return
    }
    const name: { address?: string; port?: number } = {}
    handle.getpeername(name)
    const peer = socketName(name.address, name.port)
    if (peer) arrived({ stream: new HandleStream(handles, handle, budget), peer, request: undefined })
    else handle.close()
  }
}

/** The same with `net` alone: nothing but public API, and dearer. */
export const acceptSockets = (server: Server, arrived: (arrival: Arrival) => void): void => {
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveDelay * 1000)
    const peer = socketName(socket.remoteAddress, socket.remotePort)
    if (peer) arrived({ stream: new DuplexStream(socket), peer, request: undefined })
    else socket.on('error', () => undefined).destroy()
  })
}
