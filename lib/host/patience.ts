import type { Alarm, Clock } from '../model/clock.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Host } from './host.js'

/** How long the programs of a host may take from now on: as long as they like, until somebody has no more time. */
export class Patience {
  readonly #clock: Clock
  #end = new AbortController()
  #alarm: Alarm | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `host`, whose programs are given up when patience ends: those under way then, and all that would begin later. */
  with(host: Host): Host {
    return {
      ...host,
      run: (program, args, options) => host.run(program, args, { ...options, giveUp: this.#end.signal }),
    }
  }

  /** Ends patience after `span`, and not when it was to end before. Where it has ended already, there is some once more. */
  lasts(span: Milliseconds): void {
    this.close()
    if (this.#end.signal.aborted) this.#end = new AbortController()
    const end = this.#end
    this.#alarm = this.#clock.after(span, () => end.abort())
  }

  /** Ends it no more. May be called twice. */
  close(): void {
    this.#alarm?.cancel()
  }
}
