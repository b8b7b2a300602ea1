import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import { port, type Port } from '../model/port.js'
import { acceptWith } from './accept.js'
import { Intake } from './intake.js'
import type { Listener } from './listener.js'
import { serve, type Service } from './serve.js'

export interface ListenTcpOptions extends Service {
  readonly host: IpAddress
  /** Absent: any that is free. */
  readonly port?: Port
}

/**
 * Accepts TCP clients and serves each of them. Rejects with the system's error (`EADDRINUSE`) when it cannot listen;
 * an error after that is reported and does no harm.
 */
export const listenTcp = async (options: ListenTcpOptions): Promise<Listener> => {
  const { clock, servicePort, report } = options
  // Not pauseOnConnect: reading ahead a little, while nobody takes the bytes, is how a client's reset is noticed
  // before it has an endpoint.
  const server = createServer({ allowHalfOpen: true })
  let accepted = 0
  const welcome = (client: Socket, sent: Intake): void => {
    accepted += 1
    client.setNoDelay(true)
    client.setKeepAlive(true, keepAliveInitialDelay)
    void serve({ client, sent }, options)
  }
  const { descriptors } = options.connections
  if (!descriptors.take(1)) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
  try {
    await listening(server, options)
  } catch (error) {
    descriptors.giveBack(1)
    throw error
  }
  const adopting = acceptWith(server, make => {
    const sent = new Intake(options.budget)
    welcome(make(sent), sent)
  })
  if (!adopting) server.on('connection', client => welcome(client, new Intake(options.budget)))
  server.on('error', error => report({ type: 'listen-failed', servicePort, reason: errorText(error) }))

  let closed: Promise<void> | undefined
  return {
    port: portOf(server),
    update: () => undefined,
    close: () =>
      (closed ??= quiet(clock, () => accepted).then(() => {
        server.close()
        descriptors.giveBack(1)
      })),
  }
}

const keepAliveInitialDelay = 60_000

const listening = (server: Server, { host, port = 0 }: { host: string; port?: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject)
      resolve()
    })
  })

const portOf = (server: Server): Port => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
  return port(address.port)
}

/**
 * Resolves when `count` has not changed for 50 ms, after a second at the latest. Closing a server resets the clients
 * in its queue and those in the middle of their handshake. Others do not come, as the rules are gone by then: one turn
 * of the loop empties the queue, and 50 ms are a round trip for the handshakes.
 */
const quiet = async (clock: Clock, count: () => number): Promise<void> => {
  const deadline = clock.now() + seconds(1)
  let before: number
  do {
    before = count()
    await new Promise<void>(resolve => clock.after(milliseconds(50), resolve))
  } while (count() !== before && clock.now() < deadline)
}
