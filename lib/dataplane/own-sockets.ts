import type { LocalEnd } from '../reach/reach.js'

/**
 * Our own sockets towards endpoints. A client that is one of them has been here before: so a loop shows that no look at
 * addresses can find. Only these count, not our other connections: those to the API server are clients like any.
 */
export class OwnSockets {
  readonly #returns = new Map<string, number>()

  /** How often the connection of the client at this end has come back to us. */
  returnsOf(client: LocalEnd): number {
    const before = this.#returns.get(text(client))
    return before === undefined ? 0 : before + 1
  }

  /** A socket was opened for a connection that has come back so often. Gives what forgets it. */
  add(local: LocalEnd, returns: number): () => void {
    const key = text(local)
    this.#returns.set(key, returns)
    return () => void this.#returns.delete(key)
  }
}

/** Whether a connection that has come back so often goes in circles. Once is allowed: one Service may be behind another. */
export const isLoop = (returns: number): boolean => returns >= 2

const text = ({ address, port }: LocalEnd): string => `${address} ${port}`
