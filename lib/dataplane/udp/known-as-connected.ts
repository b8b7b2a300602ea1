import type { Socket } from 'node:dgram'

/** As Node counts: 0 is not, 1 is at it. */
const connected = 2

/**
 * Tells Node that the kernel has connected `socket` already, in another process that we got it from. Node does not ask, and has no
 * call for it: it would insist on an address for each datagram, which the kernel then refuses (EISCONN), as it does another
 * connect; and a disconnect would lose the port. So this is no public API (tried with Node 20). Whether it was possible.
 */
export const knownAsConnected = (socket: Socket): boolean => {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'state symbol',
  )
  const state: unknown = symbol && Reflect.get(socket, symbol)
  if (typeof state !== 'object' || state === null || !('connectState' in state)) return false
  state.connectState = connected
  try {
    socket.remoteAddress()
    return true
  } catch {
    return false
  }
}
