import { connect, type Socket } from 'node:net'
import type { Clock } from '../model/clock.js'
import { type Endpoint, endpointText } from '../model/endpoint.js'
import { milliseconds } from '../model/milliseconds.js'
import type { DialOptions, EndpointStream, Opened, Reach } from './reach.js'

/** Reaches endpoints as the network does: a TCP connection to their address. */
export class DirectReach implements Reach {
  /** As in the original (kube-proxy, userspace mode): 3.75 s at the most. */
  readonly schedule = [250, 500, 1000, 2000].map(milliseconds)
  readonly #clock: Clock

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock
  }

  dial(endpoint: Endpoint, { timeout, signal, inlet, opened }: DialOptions): Promise<EndpointStream> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      // Throws on a port that is none; here that is a rejection.
      const socket = connect({
        host: endpoint.address,
        port: endpoint.port,
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: 60_000,
        ...(inlet && { onread: inlet }),
      })
      // Node calls connect(2) at the end of this turn; the other side is accepted in a later one.
      if (opened) process.nextTick(tellLocalEnd, socket, opened)
      const alarm = this.#clock.after(timeout, () => socket.destroy(timedOut(endpoint, timeout)))
      const abort = (): void => void socket.destroy(aborted(endpoint))
      signal.addEventListener('abort', abort)
      const settle = (): void => {
        alarm.cancel()
        signal.removeEventListener('abort', abort)
      }
      socket.once('connect', () => {
        settle()
        resolve(socket)
      })
      // Stays: until whoever gets the socket listens for errors, one would end the process.
      socket.on('error', error => {
        settle()
        reject(error)
      })
    })
  }
}

const tellLocalEnd = (socket: Socket, opened: Opened): void => {
  const { localAddress: address, localPort: port } = socket
  if (address !== undefined && port !== undefined) opened({ address, port }, socket)
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code })

const timedOut = (endpoint: Endpoint, timeout: number): Error =>
  coded('ETIMEDOUT', `${endpointText(endpoint)} did not answer within ${timeout} ms`)

const aborted = (endpoint: Endpoint): Error =>
  coded('ABORT_ERR', `no longer dialling ${endpointText(endpoint)}`)
