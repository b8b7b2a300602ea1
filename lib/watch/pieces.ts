import { ApiError } from './api-error.js'

/** No object of the API is nearly as long: etcd takes 1.5 MiB. */
const longest = 16 * 1024 * 1024

/** A text that comes in pieces, cut anywhere. Too long a one throws an `ApiError`. */
export class Pieces {
  #pieces: Uint8Array[] = []
  #size = 0

  /** In bytes. */
  get size(): number {
    return this.#size
  }

  add(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size > longest)
      throw new ApiError('garbage', `the server sent a part of a list of more than ${longest} bytes`)
  }

  /** What has come so far, without the first `from` bytes. */
  text(from = 0): string {
    return Buffer.concat(this.#pieces).toString('utf8', from)
  }

  /** What has come so far; from here on it is another text. */
  taken(): string {
    const text = this.text()
    this.#pieces = []
    this.#size = 0
    return text
  }
}
