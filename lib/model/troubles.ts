import { errorText } from './error-text.js'

/** Work that is done again and again, and may fail: that is told once for as long as the reason stays. */
export class Troubles {
  readonly #tell: (reason: string, error: unknown) => void
  #reason: string | undefined

  constructor(tell: (reason: string, error: unknown) => void) {
    this.#tell = tell
  }

  /** Resolves when `work` was done, or has failed and been told. */
  async with(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#reason = undefined
    } catch (error) {
      const reason = errorText(error)
      if (reason !== this.#reason) this.#tell(reason, error)
      this.#reason = reason
    }
  }
}
