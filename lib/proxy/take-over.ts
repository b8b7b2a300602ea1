import type { LocalPorts } from './local-ports.js'
import type { Predecessor } from './predecessor.js'

export interface TakeOverParts {
  /** Absent: nobody serves yet. */
  readonly predecessor?: Predecessor
  readonly localPorts: LocalPorts
}

/** How we take over from a process that serves, once. Without one, there is nothing to do. */
export class TakeOver {
  readonly #parts: TakeOverParts
  #begun = false
  #done = false

  constructor(parts: TakeOverParts) {
    this.#parts = parts
  }

  /** Whether somebody serves that we have not taken over from yet. */
  get isPending(): boolean {
    return this.#parts.predecessor !== undefined && !this.#done
  }

  /** Has it rest; its local ports are ours. To be called before listeners open; again, for a sync that failed, it does nothing. */
  async begin(): Promise<void> {
    if (this.#begun) return
    const { predecessor, localPorts } = this.#parts
    const saved = await predecessor?.rest()
    if (saved) localPorts.adopt(saved)
    this.#begun = true
  }

  /** Has it accept nobody any more. To be called when all is served here. */
  async end(): Promise<void> {
    if (this.#done) return
    // From when it is asked: its answer may come later than a request to stop, which is then for us.
    this.#done = true
    await this.#parts.predecessor?.relieve()
  }
}
