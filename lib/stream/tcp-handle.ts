import { getSystemErrorMap, getSystemErrorName } from 'node:util'

/*
 * Node's TCP handles: what `net.Socket` is built upon. A read, a write, an end and a reset are one call each. They are no
 * public API, so only the files of this folder know them, and only this one believes their types.
 *
 * Why: a proxied connection is two sockets. With `net.Socket` it cost 176 µs, of which 80 went into building them and their
 * streams, and 13 KB while idle; with handles 96 µs and 3 KB (HAProxy in the same run: 81 µs, 3 KB).
 */

/** What a request calls when it is done: with 0, or less than 0 for an error. */
interface Request {
  oncomplete?: (status: number) => void
}

/** A request to write. It keeps what it writes, which the kernel has not taken yet. */
export interface WriteRequest extends Request {
  bytes?: Uint8Array
}

/** Each call returns 0, or less than 0 for an error: see `codeOf`. */
export interface TcpHandle {
  /** Called after each read, which `lastRead` tells of. What it returns is read into from then on; undefined: the same. */
  onread: () => Uint8Array | undefined
  /** How many bytes wait for the kernel. */
  readonly writeQueueSize: number
  readStart(): number
  readStop(): number
  /** Reads into `buffer`, which the caller keeps alive, as the handle does not. */
  useUserBuffer(buffer: Uint8Array): void
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number
  shutdown(request: Request): number
  reset(): number
  close(): void
  connect(request: Request, address: string, port: number): number
  connect6(request: Request, address: string, port: number): number
  getsockname(name: Partial<SocketName>): number
  getpeername(name: Partial<SocketName>): number
  setNoDelay(on: true): number
  setKeepAlive(on: true, seconds: number): number
}

/** An address and port, as the kernel says it. */
export interface SocketName {
  address: string
  port: number
}

const methods = [
  ...['readStart', 'readStop', 'useUserBuffer', 'writeBuffer', 'shutdown', 'reset', 'close'],
  ...['connect', 'connect6', 'getsockname', 'getpeername', 'setNoDelay', 'setKeepAlive'],
]

/** What this Node has for us. */
export interface TcpHandles {
  newHandle(): TcpHandle
  isHandle(value: unknown): value is TcpHandle
  newConnectRequest(): Request
  newWriteRequest(): WriteRequest
  newShutdownRequest(): Request
  /** In `onread`: how many bytes were read, or less than 0 for an error. */
  lastRead(): number
  /** Right after `writeBuffer`: whether the kernel has not taken all, so that the request is in use. */
  isWriting(): boolean
}

interface Bindings {
  readonly TCP: new (kind: number) => TcpHandle
  readonly TCPConnectWrap: new () => Request
  readonly constants: { readonly SOCKET: number }
  readonly WriteWrap: new () => WriteRequest
  readonly ShutdownWrap: new () => Request
  readonly streamBaseState: Int32Array
  readonly kReadBytesOrError: number
  readonly kLastWriteWasAsync: number
}

const bindings = (): Bindings => {
  const binding = Reflect.get(process, 'binding') as (name: string) => object
  return { ...binding('tcp_wrap'), ...binding('stream_wrap') } as Bindings
}

const load = (): TcpHandles | undefined => {
  try {
    const { TCP, TCPConnectWrap, constants, WriteWrap, ShutdownWrap, ...state } = bindings()
    const { streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = state
    const known =
      methods.every(name => typeof Reflect.get(TCP.prototype, name) === 'function') &&
      [TCPConnectWrap, WriteWrap, ShutdownWrap].every(each => typeof each === 'function') &&
      [streamBaseState[kReadBytesOrError], streamBaseState[kLastWriteWasAsync]].every(Number.isInteger)
    if (!known) return undefined
    return {
      newHandle: () => new TCP(constants.SOCKET),
      isHandle: value => value instanceof TCP,
      newConnectRequest: () => new TCPConnectWrap(),
      newWriteRequest: () => new WriteWrap(),
      newShutdownRequest: () => new ShutdownWrap(),
      lastRead: () => streamBaseState[kReadBytesOrError] ?? 0,
      isWriting: () => streamBaseState[kLastWriteWasAsync] !== 0,
    }
  } catch {
    return undefined
  }
}

/** Undefined where this Node does not have what it takes; then streams are made of `net.Socket`s. */
export let tcpHandles = load()

/** Has streams made of `net.Socket`s from now on: with nothing but public API, and dearer. */
export const useSocketsAlone = (): void => {
  tcpHandles = undefined
}

const endOfFile = [...getSystemErrorMap()].find(([, [name]]) => name === 'EOF')?.[0]

/** Whether a read that returned `result` found the end. */
export const isEnd = (result: number): boolean => result === endOfFile

/** The code of an error: `ECONNRESET`. */
export const codeOf = (result: number): string => getSystemErrorName(result)
