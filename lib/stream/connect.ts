import { connect as connectSocket } from 'node:net'
import { familyOf } from '../model/ip-address.js'
import type { Budget } from './budget.js'
import type { ByteStream } from './byte-stream.js'
import { DuplexStream } from './duplex-stream.js'
import { HandleStream } from './handle-stream.js'
import { keepAliveDelay } from './keep-alive.js'
import { socketName, type SocketName } from './socket-name.js'
import { codeOf, type TcpHandle, type TcpHandles, tcpHandles } from './tcp-handle.js'

/** What becomes of an attempt to connect: one of the first two is called, once, unless it is given up before. */
export interface ConnectOptions {
  /** The stream reads nothing before it is told whom to tell. */
  readonly connected: (stream: ByteStream) => void
  /** `code` is the system's: `ECONNREFUSED`. */
  readonly failed: (code: string) => void
  /** Told our end before anybody can have accepted it. */
  readonly opened: (local: SocketName) => void
  /** Memory for what is read in bulk. */
  readonly budget: Budget
}

/** Connects to `peer`. What it returns gives up, and leaves no socket behind; it may be called at any time, and twice. */
export const connect = (peer: SocketName, options: ConnectOptions): (() => void) => {
  // A handle would end the process over a port that is none, and `net` throws.
  if (!isPort(peer.port)) setImmediate(options.failed, 'ERR_SOCKET_BAD_PORT')
  else if (tcpHandles) return connectHandle(tcpHandles, peer, options)
  else return connectDuplex(peer, options)
  return () => undefined
}

const isPort = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 65_536

const connectHandle = (
  handles: TcpHandles,
  { address, port }: SocketName,
  options: ConnectOptions,
): (() => void) => {
  const handle = handles.newHandle()
  handle.setNoDelay(true)
  handle.setKeepAlive(true, keepAliveDelay)
  let pending = true
  const giveUp = (): void => {
    if (!pending) return
    pending = false
    handle.close()
  }
  const done = (status: number): void => {
    if (!pending) return
    if (status < 0) {
      giveUp()
      options.failed(codeOf(status))
      return
    }
    pending = false
    options.connected(new HandleStream(handles, handle, options.budget))
  }
  const request = handles.newConnectRequest()
  request.oncomplete = done
  const how = familyOf(address) === 'IPv4' ? 'connect' : 'connect6'
  const result = handle[how](request, address, port)
  // Never at once: whoever connects does not know yet how to give up.
  if (result < 0) setImmediate(done, result)
  else tellLocalEnd(handle, options)
  return giveUp
}

const tellLocalEnd = (handle: TcpHandle, { opened }: ConnectOptions): void => {
  const name: { address?: string; port?: number } = {}
  handle.getsockname(name)
  const local = socketName(name.address, name.port)
  if (local) opened(local)
}

/** The same with `net` alone: nothing but public API, and dearer. */
export const connectDuplex = (
  { address, port }: SocketName,
  { connected, failed, opened }: ConnectOptions,
): (() => void) => {
  const socket = connectSocket({
    ...{ host: address, port, allowHalfOpen: true },
    ...{ noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay * 1000 },
  })
  // Node calls connect(2) at the end of this turn; the other side is accepted in a later one.
  process.nextTick(() => {
    const local = socketName(socket.localAddress, socket.localPort)
    if (local) opened(local)
  })
  let pending = true
  const settled = (): boolean => {
    const before = pending
    pending = false
    return before
  }
  socket.once('connect', () => {
    if (settled()) connected(new DuplexStream(socket))
  })
  socket.on('error', error => {
    if (settled()) failed('code' in error ? String(error.code) : error.message)
  })
  return () => {
    if (settled()) socket.destroy()
  }
}
