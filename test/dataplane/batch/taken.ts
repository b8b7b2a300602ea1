import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { total } from '../cases.js'
import { fateOf } from '../stage.js'
import type { Pace } from './plan.js'

/** What a side receives, and how that ends. */
export class Taken {
  readonly fate: Promise<string>
  readonly #pieces: Buffer[] = []

  /** `othersOver` resolves when those may read that read last. */
  constructor(socket: Socket, pace: Pace, othersOver: Promise<void>) {
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece)
      if (pace.kind === 'resting') void rest(socket, pace.turns)
    })
    this.fate = fateOf(socket)
    if (pace.kind !== 'last') return
    socket.pause()
    void othersOver.then(() => socket.resume())
  }

  get length(): number {
    return total(this.#pieces.map(({ length }) => length))
  }

  /** Whether it is a beginning of `all` that was sent, or all. */
  begins(all: Buffer): boolean {
    let offset = 0
    return this.#pieces.every(piece => all.subarray(offset, (offset += piece.length)).equals(piece))
  }

  isAll(all: Buffer): boolean {
    return this.length === all.length && this.begins(all)
  }
}

const rest = async (socket: Socket, turns: number): Promise<void> => {
  socket.pause()
  for (let count = 0; count < turns; count += 1) await turn()
  socket.resume()
}
