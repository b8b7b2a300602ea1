import { ApiError } from './api-error.js'
import { Pieces } from './pieces.js'

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** A key, up to its value: `"items" : `. */
const keyBefore = /^("(?:[^"\\]|\\.)*")[ \t\n\r]*:[ \t\n\r]*$/s
const blank = /^[ \t\n\r]*$/

const isItems = (written: string): boolean => {
  const [, key] = keyBefore.exec(written) ?? []
  try {
    return key !== undefined && JSON.parse(key) === 'items'
  } catch {
    return false
  }
}

/**
 * Takes a JSON object apart while it arrives, cut anywhere: the elements of its field `items`, one by one, and the rest. It
 * only finds where they begin and end: what JSON.parse refuses in the whole, it refuses in one of the parts.
 */
export class ListScanner {
  readonly #rest = new Pieces()
  readonly #item = new Pieces()
  #inItems = false
  #items = 0
  /** How many brackets and braces are open: in the item, or else in the rest. */
  #depth = 0
  #inText = false
  #escaped = false
  /** Where the last text that is directly in the object begins in the rest. */
  #lastText = 0

  /** The object with no items, after all was taken. */
  end(): string {
    return this.#rest.taken()
  }

  /** The elements that are complete with `chunk`, as JSON. Throws an `ApiError` where there can be none. */
  *take(chunk: Uint8Array): Generator<string, void> {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (!this.#isStructure(byte)) continue
      if (!this.#inItems) {
        from = this.#outside(byte, { chunk, from, at })
      } else if (this.#depth > 0 || byte === openBrace || byte === openBracket || byte === quote) {
        this.#nest(byte)
      } else {
        if (byte === closeBrace) throw new ApiError('garbage', 'the server sent a list that ends with }')
        this.#item.add(chunk.subarray(from, at))
        from = at + 1
        const item = this.#item.taken()
        if (byte === closeBracket) this.#leaveItems()
        if (byte === comma || this.#items > 0 || !blank.test(item)) yield item
        this.#items += 1
      }
    }
    const open = this.#inItems ? this.#item : this.#rest
    open.add(chunk.subarray(from))
  }

  /** Whether the byte is one that JSON is built of, and not a part of a text, a number or a word. */
  #isStructure(byte: number): boolean {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false
      else if (byte === backslash) this.#escaped = true
      else if (byte === quote) this.#inText = false
      return false
    }
    if (byte === quote) this.#inText = true
    return byte === quote || byte === comma || (byte | 0x20) === openBrace || (byte | 0x20) === closeBrace
  }

  #nest(byte: number): void {
    if (byte === openBrace || byte === openBracket) this.#depth += 1
    else if (byte === closeBrace || byte === closeBracket) this.#depth -= 1
  }

  /** Takes a byte of the rest, and says where in `chunk` what has not been kept begins. */
  #outside(byte: number, { chunk, from, at }: { chunk: Uint8Array; from: number; at: number }): number {
    const direct = this.#depth === 1
    if (direct && byte === quote) this.#lastText = this.#rest.size + at - from
    if (!direct || byte !== openBracket) {
      this.#nest(byte)
      return from
    }
    this.#rest.add(chunk.subarray(from, at))
    this.#inItems = isItems(this.#rest.text(this.#lastText))
    this.#depth = this.#inItems ? 0 : 2
    this.#items = 0
    return this.#inItems ? at + 1 : at
  }

  #leaveItems(): void {
    this.#inItems = false
    this.#depth = 1
    this.#rest.add(Buffer.from('[]'))
  }
}
