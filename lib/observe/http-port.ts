import type { Alarm, Clock } from '../model/clock.js'
import { errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { type IpAddress, isLoopback } from '../model/ip-address.js'
import { milliseconds, seconds } from '../model/milliseconds.js'
import type { HttpPurpose } from '../model/node-event.js'
import type { Port } from '../model/port.js'
import { type Answer, type BoundedServer, type ListenHttp, openBoundedServer } from './bounded-server.js'

/** Where we are asked. */
export interface HttpPlace {
  readonly port: Port
  /** Absent: all addresses of both families. */
  readonly address?: IpAddress
}

/** The TCP ports that others are to reach where it is open. */
export const reachable = ({ port, address }: HttpPlace): readonly Port[] =>
  address !== undefined && isLoopback(address) ? [] : [port]

export interface HttpPortOptions {
  readonly purpose: HttpPurpose
  readonly place: HttpPlace
  /** See `BoundedServerOptions`. */
  readonly answer: (path: string, accept: string) => Answer | Promise<Answer>
  /** See `BoundedServerOptions`. */
  readonly listen?: ListenHttp
  /** Called when it has opened. */
  readonly opened: () => void
  readonly clock: Clock
  readonly report: Report
}

// Whose successor we are still has the port for a moment. Another program that has it is likely to keep it.
const quick = { period: milliseconds(100), for: seconds(2) }
const slow = seconds(5)

/** Answers over HTTP who asks about us: supervisors, load balancers, Prometheus, people. Where it cannot, nothing else is harmed. */
export class HttpPort {
  readonly #options: HttpPortOptions
  #server: BoundedServer | undefined
  #opening: Promise<void> = Promise.resolve()
  #alarm: Alarm | undefined
  #closed = false
  /** Why it cannot be opened, as it was reported. */
  #failure: string | undefined

  constructor(options: HttpPortOptions) {
    this.#options = options
  }

  /** The TCP ports that others are to reach: none while another program has it. */
  get open(): readonly Port[] {
    return this.#server ? reachable(this.#options.place) : []
  }

  /** Those that they are to reach when it is open. */
  get wanted(): readonly Port[] {
    return reachable(this.#options.place)
  }

  /** Opens it, now or as soon as that can be. Resolves when it was tried once. */
  start(): Promise<void> {
    const { clock } = this.#options
    const quickUntil = clock.now() + quick.for
    const attempt = async (): Promise<void> => {
      const error = await this.#tryToOpen()
      if (error === undefined || this.#closed) return
      const isQuick = clock.now() < quickUntil
      if (!isQuick) this.#say(error)
      this.#alarm = clock.after(isQuick ? quick.period : slow, () => {
        this.#opening = attempt()
      })
    }
    return (this.#opening = attempt())
  }

  /** Answers no longer. May be called twice; resolves when the port is free for others. */
  async close(): Promise<void> {
    this.#closed = true
    this.#alarm?.cancel()
    await this.#opening
    await this.#server?.close()
    this.#server = undefined
  }

  /** Resolves with what went wrong. */
  async #tryToOpen(): Promise<unknown> {
    const { purpose, place, answer, listen, opened, report } = this.#options
    const failed = (error: unknown): void => {
      this.#say(error)
    }
    try {
      this.#server = await openBoundedServer({
        ...{ port: place.port, address: place.address, listen },
        answer,
        failed,
      })
    } catch (error) {
      return error
    }
    this.#failure = undefined
    report({ type: 'http-port', purpose, ...place })
    opened()
    return undefined
  }

  #say(error: unknown): void {
    const { purpose, place, report } = this.#options
    const reason = errorText(error)
    if (reason === this.#failure) return
    this.#failure = reason
    report({ type: 'http-port-failed', purpose, ...place, reason })
  }
}
