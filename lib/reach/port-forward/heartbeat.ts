import type { Alarm, Clock } from '../../model/clock.js'
import { milliseconds, seconds } from '../../model/milliseconds.js'

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly ping: () => void
  /** The other side is gone without a word. Called once, and nothing after it. */
  readonly lost: () => void
}

const interval = seconds(30)
const patience = seconds(15)

/**
 * A kubelet reads pings and data in one loop, which stands still while the pod takes nothing: so a ping behind more bytes than any
 * pod has room for may wait as long as the pod likes. What is gone then, the kernel finds out: its bytes are not acknowledged.
 */
const roomInPod = 16_384

/** Asks whether the other side is still there: a laptop that wakes up elsewhere would wait for ever. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #alarm: Alarm
  #isDue = false
  #heard = false
  #canHear = true
  #couldHear = true
  #sentBefore = 0
  #sentSince = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#alarm = options.clock.after(interval, () => this.#ask())
  }

  /** Bytes have come. */
  heard(): void {
    this.#heard = true
  }

  /** The last ping was answered, and so everything before it was taken. */
  answered(): void {
    this.#heard = true
    this.#isDue = false
    this.#sentBefore = 0
  }

  sent(bytes: number): void {
    this.#sentSince += bytes
  }

  /** Nothing is read from now on: so no answer can be, either. */
  pause(): void {
    this.#canHear = false
    this.#couldHear = false
  }

  resume(): void {
    this.#canHear = true
  }

  stop(): void {
    this.#alarm.cancel()
  }

  #ask(): void {
    this.#isDue = true
    this.#sentBefore += this.#sentSince
    this.#sentSince = 0
    this.#options.ping()
    this.#wait()
  }

  #wait(): void {
    this.#heard = false
    this.#couldHear = this.#canHear
    this.#alarm = this.#options.clock.after(patience, () => this.#judge())
  }

  #judge(): void {
    const { clock } = this.#options
    if (!this.#isDue) this.#alarm = clock.after(milliseconds(interval - patience), () => this.#ask())
    else if (this.#heard || !this.#couldHear || this.#sentBefore > roomInPod) this.#wait()
    // Where the loop was held up, alarms ring before it is seen what has come meanwhile.
    else this.#alarm = clock.after(milliseconds(0), () => this.#giveUp())
  }

  #giveUp(): void {
    if (this.#heard) this.#wait()
    else this.#options.lost()
  }
}
