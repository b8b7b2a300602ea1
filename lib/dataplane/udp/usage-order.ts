/** What can be in a `UsageOrder`, one at a time; its neighbours are the order's business. */
export interface Used<Item> {
  older: Item | undefined
  newer: Item | undefined
}

/**
 * Items by their last use. A linked list, because it is touched for each datagram: putting an item last is a few
 * assignments, where a Map would hash, and grow and shrink.
 */
export class UsageOrder<Item extends Used<Item>> {
  #oldest: Item | undefined
  #newest: Item | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The one unused for longest. */
  get oldest(): Item | undefined {
    return this.#oldest
  }

  /** `item` was used just now. It must be in the order. */
  use(item: Item): void {
    if (item === this.#newest) return
    this.delete(item)
    this.add(item)
  }

  /** Puts in, as the one used last, what is in no order. */
  add(item: Item): void {
    item.older = this.#newest
    if (this.#newest) this.#newest.newer = item
    else this.#oldest = item
    this.#newest = item
    this.#size += 1
  }

  /** Takes out what is in the order. */
  delete(item: Item): void {
    const { older, newer } = item
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
    item.older = item.newer = undefined
    this.#size -= 1
  }

  /** From the one unused for longest to the one used last. The one at hand may be deleted meanwhile. */
  *[Symbol.iterator](): Iterator<Item> {
    let item = this.#oldest
    while (item) {
      const { newer }: Used<Item> = item
      yield item
      item = newer
    }
  }
}
