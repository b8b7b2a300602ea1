import { type OnReadOpts, type Server, Socket } from 'node:net'

/** A server's or a socket's inner half. */
interface Handle {
  onconnection: (error: number | undefined, connection: object) => void
}

/** What Node's `Socket` reads, though its types know only half of it. */
interface Adoption {
  readonly handle: object
  readonly onread: OnReadOpts
  readonly allowHalfOpen: true
}

/**
 * Lets `accept` make the sockets of `server`, so that they read as it says: a server of Node's knows no `onread`, and
 * a second socket for each connection would cost as much as the first. Returns whether this Node has what it takes, which
 * is no public API; if not, `server` emits its connections as always.
 */
export const acceptWith = (
  server: Server,
  accept: (make: (onread: OnReadOpts) => Socket) => void,
): boolean => {
  const listening = handleOf(server)
  if (!listening) return false
  const usual = listening.onconnection.bind(listening)
  listening.onconnection = (error, handle) => {
    if (error) usual(error, handle)
    else accept(onread => adopt({ handle, onread, allowHalfOpen: true }))
  }
  return true
}

const adopt = (adoption: Adoption): Socket => new Socket(adoption)

const handleOf = (server: object): Handle | undefined =>
  '_handle' in server && isHandle(server._handle) ? server._handle : undefined

const isHandle = (value: unknown): value is Handle =>
  typeof value === 'object' &&
  value !== null &&
  'onconnection' in value &&
  typeof value.onconnection === 'function'
