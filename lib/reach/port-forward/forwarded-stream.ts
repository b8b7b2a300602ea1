import type { WebSocket } from 'ws'
import type { Clock } from '../../model/clock.js'
import type { ByteStream, Receiver } from '../../stream/byte-stream.js'
import { Channels, frameOf } from './channels.js'
import { Heartbeat } from './heartbeat.js'

/** What is told of a stream's beginning, before there is anybody else to be told. */
export interface Beginning {
  /** The kubelet now connects to the pod. */
  readonly begun: () => void
  /** The pod has sent bytes, or its end: so it is connected. */
  readonly connected: () => void
  /** It is over: `reason` is the kubelet's, where it gave one. */
  readonly failed: (reason?: string) => void
}

/** What closes a WebSocket as it should be closed; without a code, too (1005), as nothing went wrong then. */
const cleanCodes: readonly number[] = [1000, 1005]

/**
 * A connection to a pod, through a WebSocket of its own. The protocol can end both directions only together: so our end is kept
 * back until the pod ends, and what is written after that breaks the connection, as a reset would.
 */
export class ForwardedStream implements ByteStream {
  readonly #webSocket: WebSocket
  readonly #channels: Channels
  readonly #heartbeat: Heartbeat
  readonly #beginning: Beginning
  #receiver: Receiver | undefined
  #paused = false
  /** What had been read when reading was to stop. */
  #unread: Uint8Array[] = []
  #writes = 0
  #waits = false
  #endWanted = false
  /** The WebSocket is closed; told when everything was read. */
  #over: { readonly failure?: string } | undefined
  #podEnded = false
  #closed = false

  /** Takes over `webSocket`, which is open. */
  constructor(webSocket: WebSocket, clock: Clock, beginning: Beginning) {
    this.#webSocket = webSocket
    this.#beginning = beginning
    this.#channels = new Channels({
      begun: beginning.begun,
      read: bytes => this.#read(bytes),
      failed: reason => this.#fail('ECONNRESET', reason),
    })
    this.#heartbeat = new Heartbeat({
      clock,
      ping: () => webSocket.ping(),
      lost: () => this.#fail('ETIMEDOUT'),
    })
    webSocket.on('message', (frame: Buffer) => {
      this.#heartbeat.heard()
      if (!this.#over) this.#channels.read(frame)
    })
    webSocket.on('pong', () => this.#heartbeat.answered())
    webSocket.on('close', code => this.#webSocketClosed(code))
  }

  readTo(receiver: Receiver): void {
    this.#receiver = receiver
    this.#deliver()
  }

  pause(): void {
    this.#paused = true
    this.#stopReading()
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true
    if (this.#podEnded) {
      this.#close('EPIPE')
      return true
    }
    const webSocket = this.#webSocket
    if (webSocket.readyState !== webSocket.OPEN) {
      this.#over ??= { failure: 'EPIPE' }
      return true
    }
    this.#heartbeat.sent(bytes.length)
    this.#writes += 1
    const write = this.#writes
    webSocket.send(frameOf(bytes), error => {
      if (!error) this.#sent(write)
    })
    this.#waits = webSocket.bufferedAmount > 0
    return !this.#waits
  }

  get unsent(): number {
    return this.#webSocket.bufferedAmount
  }

  end(): void {
    this.#endWanted = true
    if (this.#podEnded) this.#close()
  }

  reset(): void {
    this.#close()
  }

  #read(bytes: Uint8Array): void {
    this.#beginning.connected()
    this.#unread.push(bytes)
    this.#deliver()
  }

  /** Passes on what was read, as long as somebody takes it; then, that it is over. */
  #deliver(): void {
    while (!this.#paused && this.#receiver) {
      const bytes = this.#unread.shift()
      if (!bytes) break
      if (!this.#receiver.read(bytes)) this.#paused = true
    }
    if (this.#paused || !this.#receiver) this.#stopReading()
    else if (this.#over) this.#tellEnd(this.#over)
    else this.#goOnReading()
  }

  #stopReading(): void {
    this.#heartbeat.pause()
    this.#webSocket.pause()
  }

  #goOnReading(): void {
    this.#heartbeat.resume()
    if (this.#webSocket.isPaused) this.#webSocket.resume()
  }

  /** Told of writes that the kernel took at once as well, a little later. */
  #sent(write: number): void {
    if (!this.#waits || write !== this.#writes) return
    this.#waits = false
    this.#receiver?.drained()
  }

  #webSocketClosed(code: number): void {
    this.#heartbeat.stop()
    if (this.#closed) return
    if (!cleanCodes.includes(code)) this.#fail('ECONNRESET')
    else {
      // What waited cannot arrive any more.
      this.#over ??= this.#waits ? { failure: 'EPIPE' } : {}
      this.#beginning.connected()
      if (!this.#paused) this.#deliver()
    }
  }

  #tellEnd({ failure }: { readonly failure?: string }): void {
    if (this.#podEnded || this.#closed) return
    if (failure !== undefined) {
      this.#close(failure)
      return
    }
    this.#podEnded = true
    this.#receiver?.ended()
    if (this.#endWanted) this.#close()
  }

  #fail(failure: string, reason?: string): void {
    this.#beginning.failed(reason)
    if (this.#receiver) this.#close(failure)
    else this.#over = { failure }
  }

  #close(failure?: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#unread = []
    this.#heartbeat.stop()
    this.#webSocket.terminate()
    const receiver = this.#receiver
    // Whatever still knows a closed stream is not to keep alive all that the connection was.
    this.#receiver = undefined
    receiver?.closed(failure)
  }
}
