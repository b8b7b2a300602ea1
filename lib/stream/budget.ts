/** Memory, or descriptors, that many share: so much, and no more. */
export class Budget {
  readonly #whole: Budget | undefined
  #left: number

  /** With `whole`, a part of it: what is taken here is taken there, too, and has to be left in both. */
  constructor(amount: number, whole?: Budget) {
    this.#left = amount
    this.#whole = whole
  }

  get left(): number {
    return this.#left
  }

  /** Whether `amount` was left; then it is taken. */
  take(amount: number): boolean {
    if (amount > this.#left || this.#whole?.take(amount) === false) return false
    this.#left -= amount
    return true
  }

  giveBack(amount: number): void {
    this.#left += amount
    this.#whole?.giveBack(amount)
  }
}
