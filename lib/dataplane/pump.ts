import { type Milliseconds, seconds } from '../model/milliseconds.js'
import type { Disconnected } from '../model/traffic-event.js'
import type { ByteStream, Receiver } from '../stream/byte-stream.js'
import { Direction } from './direction.js'
import type { WaitingClient } from './waiting-client.js'

export interface Pair {
  readonly client: ByteStream
  readonly endpoint: ByteStream
}

export interface PumpOptions {
  readonly now: Milliseconds
  /** How long a pair may be silent once one side has ended. Default: one hour. */
  readonly halfOpenTimeout: Milliseconds | undefined
  /** How long nothing may go either way, as it is now; 0: for ever. */
  readonly idleTimeout: () => number
  /** Sent to the endpoint before anything else, and not counted. */
  readonly header: Uint8Array | undefined
  /** Sent to the client before anything else, and not counted. */
  readonly granted?: Uint8Array | undefined
  /** The endpoint has sent its first bytes. */
  readonly answered: () => void
  /** Both streams are closed. */
  readonly finished: () => void
}

type How = Disconnected['how']

/**
 * Bytes may wait this long for a peer to take any. Linux itself gives up a peer that has vanished, after a quarter of an hour
 * (tcp_retries2), but never one that is there and does not read. That may be a pager left open: so it gets what a pair of which
 * one side has ended gets.
 */
const longestStall = seconds(3600)

/** As long as kube-proxy's other modes remember such a pair (`--conntrack-tcp-timeout-close-wait`). */
const longestHalfOpen = seconds(3600)

/**
 * Carries bytes both ways until both sides have ended. The end of one is passed on while the other goes on; a
 * reset, or any other failure, of one is passed on as a reset.
 */
export class Pump {
  readonly #options: PumpOptions
  readonly #sent: Direction
  readonly #received: Direction
  #how: How = 'ended'
  #open = 2
  #halfOpen = false

  constructor({ client, endpoint }: Pair, options: PumpOptions) {
    this.#options = options
    this.#sent = new Direction(client, endpoint, options.now)
    this.#received = new Direction(endpoint, client, options.now)
  }

  get how(): How {
    return this.#how
  }

  /** Bytes from the client to the endpoint. */
  get sent(): number {
    return this.#sent.bytes - (this.#options.header?.length ?? 0)
  }

  /** Bytes from the endpoint to the client. */
  get received(): number {
    return this.#received.bytes - (this.#options.granted?.length ?? 0)
  }

  /** Begins, with what the client has sent while it waited. */
  start({ early, hasEnded }: Pick<WaitingClient, 'early' | 'hasEnded'>): void {
    const [sent, received] = [this.#sent, this.#received]
    const { answered, header, granted } = this.#options
    const first = header ? Buffer.concat([header, early]) : early
    const client = new End(this, { source: sent, sink: received, failure: 'reset by client' })
    sent.from.readTo(client)
    received.from.readTo(
      new End(this, { source: received, sink: sent, failure: 'reset by endpoint', first: answered }),
    )
    if (granted && !received.pass(granted)) received.from.pause()
    if (first.length === 0 || client.read(first)) sent.from.resume()
    else sent.from.pause()
    if (hasEnded) client.ended()
  }

  /** Ends both sides with a reset; the first `reason` counts. */
  breakOff(reason: How): void {
    if (this.#how === 'ended') this.#how = reason
    this.#sent.from.reset()
    this.#received.from.reset()
  }

  /** Ends a pair that has been quiet for too long. To be called now and then: bytes are counted anyway. */
  look(now: Milliseconds): void {
    const { halfOpenTimeout = longestHalfOpen, idleTimeout } = this.#options
    const [sent, received] = [this.#sent.quietFor(now), this.#received.quietFor(now)]
    const both = Math.min(sent, received)
    const idle = idleTimeout()
    if ((this.#sent.waits && sent >= longestStall) || (this.#received.waits && received >= longestStall))
      this.breakOff('stalled')
    else if (this.#halfOpen && both >= halfOpenTimeout) this.breakOff('half-open too long')
    else if (idle > 0 && both >= idle) this.breakOff('idle too long')
  }

  /** For its ends: one has ended, and the other may go on. */
  oneEnded(): void {
    this.#halfOpen = true
  }

  /** For its ends: one is closed; `reason` is there when that was no clean end. */
  oneClosed(reason?: How): void {
    this.#open -= 1
    if (reason && this.#how === 'ended') this.#how = reason
    if (this.#open === 0) this.#options.finished()
    else if (reason) this.breakOff(reason)
  }
}

interface EndParts {
  /** The direction that begins here, and the one that ends here. */
  readonly source: Direction
  readonly sink: Direction
  /** What it is when this end fails. */
  readonly failure: How
  /** Called when the first bytes have come. */
  readonly first?: () => void
}

/** Hears what one of the two streams tells. */
class End implements Receiver {
  readonly #pump: Pump
  readonly #parts: EndParts
  #hasSpoken = false

  constructor(pump: Pump, parts: EndParts) {
    this.#pump = pump
    this.#parts = parts
  }

  read(bytes: Uint8Array): boolean {
    if (!this.#hasSpoken) {
      this.#hasSpoken = true
      this.#parts.first?.()
    }
    return this.#parts.source.pass(bytes)
  }

  ended(): void {
    this.#parts.source.to.end()
    this.#pump.oneEnded()
  }

  drained(): void {
    this.#parts.sink.goOn()
  }

  closed(failure?: string): void {
    this.#pump.oneClosed(failure === undefined ? undefined : this.#parts.failure)
  }
}
