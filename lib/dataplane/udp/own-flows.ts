import type { Origin } from './client.js'

/**
 * Our own sockets towards UDP endpoints. A client that is one of them has been here before: so a loop shows that no look at
 * addresses can find. Unlike with TCP, no other socket of this machine can have the same end.
 */
export class OwnFlows {
  readonly #returns = new Map<string, number>()

  /** How often what the client at this end sends has come back to us. */
  returnsOf(client: Origin): number {
    const before = this.#returns.get(text(client))
    return before === undefined ? 0 : before + 1
  }

  /** A socket was opened for what has come back so often. Gives what forgets it. */
  add(local: Origin, returns: number): () => void {
    const key = text(local)
    this.#returns.set(key, returns)
    return () => void this.#returns.delete(key)
  }
}

/** Whether what has come back so often goes in circles. Once is allowed: one Service may be behind another. */
export const isLoop = (returns: number): boolean => returns >= 2

const text = ({ address, port }: Origin): string => `${address} ${port}`
