import type { Budget } from './budget.js'
import type { ByteStream, Receiver } from './byte-stream.js'
import { ReadBuffer } from './read-buffer.js'
import { codeOf, isEnd, type TcpHandle, type TcpHandles, type WriteRequest } from './tcp-handle.js'

const nothing = Buffer.alloc(0)

/** Used for writes that the kernel takes at once, which are nearly all, and kept by one that it does not. */
let spare: WriteRequest | undefined

/** A TCP connection over a handle of Node's. */
export class HandleStream implements ByteStream {
  readonly #handles: TcpHandles
  readonly #handle: TcpHandle
  readonly #buffer: ReadBuffer
  #receiver: Receiver | undefined
  #paused = false
  #reading: 'not yet' | 'open' | 'ended' = 'not yet'
  #writing: 'open' | 'waiting' | 'ending' | 'ended' = 'open'
  /** Our end is to be sent when what waits is gone. */
  #endWanted = false
  /** A reset is to follow our end. */
  #resetWanted = false
  #closed = false

  /** Takes over `handle`, which is connected. */
  constructor(handles: TcpHandles, handle: TcpHandle, budget: Budget) {
    this.#handles = handles
    this.#handle = handle
    this.#buffer = new ReadBuffer(budget)
  }

  readTo(receiver: Receiver): void {
    this.#receiver = receiver
    if (this.#reading !== 'not yet' || this.#closed) return
    this.#reading = 'open'
    this.#handle.onread = () => this.#onRead()
    this.#handle.useUserBuffer(this.#buffer.current)
    this.#check(this.#handle.readStart())
  }

  pause(): void {
    this.#paused = true
    if (this.#reading === 'open' && !this.#closed) this.#handle.readStop()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#reading === 'open' && !this.#closed) this.#check(this.#handle.readStart())
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true
    const request = (spare ??= this.#handles.newWriteRequest())
    const result = this.#handle.writeBuffer(request, bytes)
    if (result < 0) {
      this.#close(codeOf(result))
      return true
    }
    if (!this.#handles.isWriting()) return true
    spare = undefined
    request.bytes = bytes
    request.oncomplete = status => this.#written(status)
    this.#writing = 'waiting'
    return false
  }

  get unsent(): number {
    return this.#handle.writeQueueSize
  }

  end(): void {
    this.#endWanted = true
    if (this.#writing === 'open' && !this.#closed) this.#sendEnd()
  }

  reset(): void {
    // While our end is on its way, which takes one turn of the loop, libuv refuses a reset (EINVAL): it follows the end.
    if (this.#writing === 'ending') this.#resetWanted = true
    else this.#close()
  }

  /** What to read into next, or undefined: the same. */
  #onRead(): Uint8Array | undefined {
    const size = this.#handles.lastRead()
    if (size > 0) return this.#received(size)
    if (size < 0 && isEnd(size)) this.#ended()
    else if (size < 0) this.#close(codeOf(size))
    return undefined
  }

  #received(size: number): Uint8Array | undefined {
    const before = this.#buffer.current
    const goesOn = this.#receiver?.read(this.#buffer.taken(size)) ?? false
    if (!goesOn) this.#buffer.keep()
    if (this.#closed) return undefined
    this.#buffer.growAfter(size)
    if (goesOn) this.#buffer.shrinkAfter(size)
    else this.pause()
    const { current } = this.#buffer
    return current === before ? undefined : current
  }

  /**
   * The peer's end, or a reset that looks like one: when bytes and a reset arrive together, libuv reads the bytes and then
   * reports an end (uv__stream_io, POLLHUP after a partial read). A write of nothing sends nothing, but fails on a reset
   * socket; one that waits fails by itself, within this turn. Once our own end is sent the two cannot be told apart.
   */
  #ended(): void {
    this.#reading = 'ended'
    this.#handle.readStop()
    if (this.#writing === 'open') this.write(nothing)
    if (this.#writing === 'waiting') setImmediate(() => this.#passOnEnd())
    else this.#passOnEnd()
  }

  #passOnEnd(): void {
    if (this.#closed) return
    this.#receiver?.ended()
    this.#closeWhenOver()
  }

  #written(status: number): void {
    if (this.#closed) return
    if (status < 0) {
      this.#close(codeOf(status))
      return
    }
    this.#writing = 'open'
    if (this.#endWanted) this.#sendEnd()
    else this.#receiver?.drained()
  }

  #sendEnd(): void {
    if (this.#reading === 'ended') {
      // There is nothing left to do: to close sends our end, too.
      this.#writing = 'ended'
      this.#closeWhenOver()
      return
    }
    this.#writing = 'ending'
    const request = this.#handles.newShutdownRequest()
    request.oncomplete = status => this.#endSent(status)
    const result = this.#handle.shutdown(request)
    if (result < 0) this.#endSent(result)
  }

  #endSent(status: number): void {
    if (this.#closed) return
    this.#writing = 'ended'
    if (status < 0) this.#close(codeOf(status))
    else if (this.#resetWanted) this.#close()
    else this.#closeWhenOver()
  }

  #closeWhenOver(): void {
    if (this.#closed || this.#reading !== 'ended' || this.#writing !== 'ended') return
    this.#closed = true
    this.#handle.close()
    this.#over()
  }

  /** Closes with a reset. */
  #close(failure?: string): void {
    if (this.#closed) return
    this.#closed = true
    // While our end is on its way libuv refuses a reset, and Node would then take the handle for closed, which it is not.
    if (this.#writing === 'ending' || this.#handle.reset() < 0) this.#handle.close()
    this.#over(failure)
  }

  #over(failure?: string): void {
    this.#buffer.release()
    const receiver = this.#receiver
    // Whatever still knows a closed stream is not to keep alive all that the connection was.
    this.#receiver = undefined
    receiver?.closed(failure)
  }

  #check(result: number): void {
    if (result < 0) this.#close(codeOf(result))
  }
}
