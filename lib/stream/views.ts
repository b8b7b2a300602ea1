/** Views of more bytes than this are not kept: there it is the copying that costs. */
const longestKept = 2048

/**
 * A buffer, and views of its first bytes. Small ones are kept, by their length: to make a view takes longer than to copy a
 * small message, and with two for each message that was 4 % of what a request costs.
 */
export class Views {
  readonly all: Uint8Array
  readonly #kept: Uint8Array[] = []

  constructor(size: number) {
    this.all = Buffer.allocUnsafeSlow(size)
  }

  first(size: number): Uint8Array {
    return size > longestKept ? this.all.subarray(0, size) : (this.#kept[size] ??= this.all.subarray(0, size))
  }
}
