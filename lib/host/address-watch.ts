import type { Alarm, Clock } from '../model/clock.js'
import type { IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'

export interface AddressWatchOptions {
  /** What the addresses are now: `localAddresses`. */
  readonly read: () => readonly IpAddress[]
  readonly clock: Clock
}

// Node has no way to be told. A look costs 50 µs, and 2.5 ms on a node with 200 pods' interfaces.
const period = seconds(2)

/** This machine's addresses, looked at every 2 s: to know them costs nothing in between. */
export class AddressWatch {
  readonly #options: AddressWatchOptions
  #current: readonly IpAddress[]
  #alarm: Alarm | undefined

  constructor(options: AddressWatchOptions) {
    this.#options = options
    this.#current = options.read()
  }

  /** As they were at the last look. */
  get current(): readonly IpAddress[] {
    return this.#current
  }

  /** Begins to look, and calls `changed` after each change, until it is closed. */
  start(changed: () => void): void {
    const { clock } = this.#options
    const look = (): void => {
      this.#alarm = clock.after(period, look)
      const now = this.#look()
      if (now.join() === this.#current.join()) return
      this.#current = now
      changed()
    }
    this.#alarm = clock.after(period, look)
  }

  /** A look fails where descriptors are short: then they count as unchanged. */
  #look(): readonly IpAddress[] {
    try {
      return this.#options.read()
    } catch {
      return this.#current
    }
  }

  /** Looks no longer. May be called twice. */
  close(): void {
    this.#alarm?.cancel()
  }
}
