import { createServer, type Server } from 'node:net'
import type { Clock } from '../../model/clock.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'
import { seconds } from '../../model/milliseconds.js'
import type { TurnedAway } from '../../model/traffic-event.js'
import { accept, type Arrival } from '../../stream/accept.js'
import type { Budget } from '../../stream/budget.js'
import { openServer } from '../open-server.js'
import { type Asked, Guest } from './guest.js'
import { reply, type ReplyKind, type Sought, soughtText } from './message.js'

/** Who serves what a client seeks, or why nobody does. */
export type Found =
  | { readonly kind: 'service port'; readonly welcome: (arrival: Arrival) => void }
  | { readonly kind: 'nobody'; readonly reply: ReplyKind; readonly reason: string }

export interface ListenSocksOptions {
  readonly place: Endpoint
  /** What a process before us listens with, there. */
  readonly inherited?: Server | undefined
  readonly find: (sought: Sought) => Found
  /** What is left for connections. */
  readonly descriptors: Budget
  /** Memory for what is read in bulk. */
  readonly memory: Budget
  readonly clock: Clock
  readonly report: Report
}

/** Something that accepts SOCKS clients until it is closed. */
export interface SocksListener {
  readonly server: Server
  /** Accepts nobody any more; who is about to say whom it wants may go on for a second. May be called twice. */
  close(): Promise<void>
}

/** Those who have not said yet whom they want. More than these, and who has been silent for longest makes room. */
const mostGuests = 256

const replies: Readonly<Record<TurnedAway['reason'], ReplyKind>> = {
  'no endpoint': 'connection refused',
  'every endpoint failed': 'connection refused',
  'client left': 'failed',
  stopping: 'failed',
  loop: 'failed',
  'more than its share of connections': 'failed',
  'too many connections': 'failed',
}

/**
 * Accepts SOCKS5 clients (RFC 1928: CONNECT, without authentication) and hands each to the service port that it seeks. Nobody
 * is dialled here, so it is no way to anywhere else. Rejects with the system's error (`EADDRINUSE`) when it cannot listen.
 */
export const listenSocks = async (options: ListenSocksOptions): Promise<SocksListener> => {
  const { place, descriptors, memory, find, clock, report } = options
  const here = endpointText(place)
  const guests = new Set<Guest>()
  let allGone: () => void = () => undefined

  const guestFor = ({ stream, peer }: Arrival): Guest | undefined => {
    const refused = (reason: string, sought?: Sought): void =>
      report({
        type: 'socks-refused',
        client: peer.address,
        ...(sought && { sought: soughtText(sought) }),
        reason,
      })
    if (!descriptors.take(1)) {
      refused('too many connections')
      stream.reset()
      return undefined
    }
    const leave = (): void => {
      guests.delete(guest)
      descriptors.giveBack(1)
      if (guests.size === 0) allGone()
    }
    const asked = ({ sought, early, hasEnded }: Asked): void => {
      const found = find(sought)
      if (found.kind === 'nobody') {
        refused(found.reason, sought)
        guest.farewell(reply(found.reply))
        return
      }
      leave()
      const refuse = (reason: TurnedAway['reason']): void =>
        guestFor({ stream, peer, request: undefined })?.farewell(reply(replies[reason]))
      found.welcome({ stream, peer, request: { early, hasEnded, granted: reply('succeeded'), refuse } })
    }
    const guest = new Guest(stream, { here, clock, asked, refused, gone: leave })
    guests.add(guest)
    const [longest] = guests
    if (guests.size > mostGuests) longest?.reset()
    return guest
  }

  const server = createServer({ allowHalfOpen: true })
  await openServer(server, { ...place, inherited: options.inherited })
  server.on('error', error => report({ type: 'socks-failed', place, reason: errorText(error) }))
  accept(server, memory, arrival => guestFor(arrival)?.begin())

  const close = async (): Promise<void> => {
    server.close()
    if (guests.size === 0) return
    await new Promise<void>(resolve => {
      allGone = resolve
      clock.after(seconds(1), resolve)
    })
    for (const guest of guests) guest.reset()
  }
  let closed: Promise<void> | undefined
  return { server, close: () => (closed ??= close()) }
}
