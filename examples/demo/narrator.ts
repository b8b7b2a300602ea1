/** Tells the story, numbered, to whoever watches. */
export class Narrator {
  readonly #write: (text: string) => void
  #step = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Begins the next step. */
  step(title: string): void {
    this.#step += 1
    this.#write(`\n${this.#step}. ${title}\n`)
  }

  /** What happened, or why. */
  tell(text: string): void {
    this.#write(`   ${text}\n`)
  }

  /** What a program printed, or would have to be typed. */
  show(lines: readonly string[]): void {
    for (const line of lines) this.#write(`     | ${line}\n`)
  }

  /** What had to be so, and is. Throws when it is not: the demo shows what happened, or fails. */
  check(holds: boolean, text: string): void {
    if (!holds) throw new Error(`this should be so, and is not: ${text}`)
    this.#write(`   ✔ ${text}\n`)
  }
}
