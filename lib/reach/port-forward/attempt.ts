import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Alarm, Clock } from '../../model/clock.js'
import { milliseconds, type Milliseconds } from '../../model/milliseconds.js'
import type { ByteStream } from '../../stream/byte-stream.js'
import type { Dialling } from '../reach.js'
import { givenUp, lost, notForwarded, refused, timedOut, unreachable } from './failures.js'
import { ForwardedStream } from './forwarded-stream.js'
import { type ForwardingServer, openWebSocket, type PodPort } from './web-socket.js'

export interface AttemptOptions {
  readonly server: () => Promise<ForwardingServer>
  readonly clock: Clock
  readonly timeout: Milliseconds
}

/**
 * A kubelet says that it begins before it connects to the pod, and nothing when it has. A pod that refuses is told a moment later:
 * as long as the way to the API server and back takes, or less. So that is waited for, within these bounds in ms.
 */
const shortestDoubt = 5
const longestDoubt = 250

/** What an API server says instead of an upgrade is short. */
const longestAnswer = 65_536

/** One attempt to connect to a pod. */
export class Attempt implements Dialling {
  readonly stream: Promise<ByteStream>
  readonly #target: PodPort
  readonly #options: AttemptOptions
  readonly #alarm: Alarm
  #pending = true
  #settle: { resolve(stream: ByteStream): void; reject(error: Error): void } | undefined
  #close: () => void = () => undefined
  #doubt: Alarm | undefined

  constructor(target: PodPort, options: AttemptOptions) {
    this.#target = target
    this.#options = options
    this.stream = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Where the loop was held up, alarms ring before it is seen what has come meanwhile: that has one more turn.
    const late = (): void => this.#end(timedOut(target, options.timeout))
    this.#alarm = options.clock.after(options.timeout, () => void setImmediate(late))
  }

  /** Goes to the API server. */
  start(): this {
    void this.#begin()
    return this
  }

  giveUp(): void {
    this.#end(givenUp(this.#target))
  }

  async #begin(): Promise<void> {
    const { server, clock } = this.#options
    try {
      const found = await server()
      if (!this.#pending) return
      const asked = clock.now()
      const webSocket = openWebSocket(found, this.#target, {
        opened: () => this.#opened(webSocket, milliseconds(clock.now() - asked)),
        refused: answer => void this.#refused(answer),
        failed: error => this.#end(unreachable(error)),
      })
      this.#close = () => webSocket.terminate()
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #opened(webSocket: WebSocket, took: Milliseconds): void {
    if (!this.#pending) return
    const doubt = milliseconds(Math.min(longestDoubt, Math.max(shortestDoubt, took)))
    const connected = (): void => this.#connected(stream)
    const stream: ForwardedStream = new ForwardedStream(webSocket, this.#options.clock, {
      begun: () => {
        if (this.#pending) this.#doubt = this.#options.clock.after(doubt, () => void setImmediate(connected))
      },
      connected,
      failed: reason =>
        this.#end(reason === undefined ? lost(this.#target) : notForwarded(this.#target, reason)),
    })
    this.#close = () => stream.reset()
  }

  async #refused(answer: IncomingMessage): Promise<void> {
    let body = ''
    try {
      for await (const part of answer.setEncoding('utf8')) {
        body += String(part)
        if (body.length > longestAnswer) break
      }
    } catch {
      // The code says enough.
    }
    this.#end(refused(this.#target, { code: answer.statusCode ?? 0, body }))
  }

  #connected(stream: ByteStream): void {
    if (!this.#over()) return
    this.#settle?.resolve(stream)
  }

  #end(error: Error): void {
    if (!this.#over()) return
    this.#close()
    this.#settle?.reject(error)
  }

  /** Whether it was not over before. */
  #over(): boolean {
    const before = this.#pending
    this.#pending = false
    this.#alarm.cancel()
    this.#doubt?.cancel()
    return before
  }
}
