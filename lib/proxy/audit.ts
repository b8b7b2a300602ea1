import type { Capture } from '../capture/capture.js'
import type { Alarm, Clock } from '../model/clock.js'
import { milliseconds, type Milliseconds, seconds } from '../model/milliseconds.js'

export interface AuditParts {
  readonly capture: Pick<Capture, 'isIntact'>
  readonly clock: Clock
}

/** From the end of a look to the next one: with what a look and a sync take, damage is undone within 10 s. */
const [soonest, latest] = [seconds(3), seconds(7)]

/** To read 10,000 Services' rules takes another process half a second: at most a 20th of the time goes there. */
const share = 20

/** Looks again and again whether others have changed what captures clients for us: they do not tell. */
export class Audit {
  readonly #parts: AuditParts
  #alarm: Alarm | undefined
  #look: Promise<void> | undefined
  #closed = false

  constructor(parts: AuditParts) {
    this.#parts = parts
  }

  /** Begins to look, and calls `damaged` after each look that finds damage, until it is closed. */
  start(damaged: () => void): void {
    this.#schedule(soonest, damaged)
  }

  /** Looks no longer. Resolves when the look under way has ended. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true
    this.#alarm?.cancel()
    await this.#look
  }

  #schedule(pause: Milliseconds, damaged: () => void): void {
    if (this.#closed) return
    this.#alarm = this.#parts.clock.after(pause, () => {
      this.#look = this.#lookOnce(damaged)
    })
  }

  async #lookOnce(damaged: () => void): Promise<void> {
    const { capture, clock } = this.#parts
    const began = clock.now()
    const intact = await capture.isIntact()
    const lasted = clock.now() - began
    if (!intact && !this.#closed) damaged()
    this.#schedule(milliseconds(Math.min(latest, Math.max(soonest, lasted * share))), damaged)
  }
}
