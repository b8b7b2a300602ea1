import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Place } from './kind.js'

/** A question is asked again after so many milliseconds, and so often. */
const patience = 250
const tries = 40

/** So many questions that were asked twice may still be answered again. */
const remembered = 100

/** How many questions were asked, and how often one had to be asked again. */
export interface Count {
  asked: number
  repeated: number
}

/**
 * A UDP client with a port of its own, that asks one question at a time. Each question may be lost, and so may its answer; a
 * question that was asked twice may be answered twice. But it must never hear anything else.
 */
export class Asker {
  readonly #socket: Socket
  readonly #count: Count
  readonly #askedTwice: Buffer[] = []
  #question: Buffer | undefined
  #done = (): void => undefined
  #heardOthers = false

  private constructor(socket: Socket, count: Count) {
    this.#socket = socket
    this.#count = count
    socket.on('message', (answer: Buffer) => this.#hear(answer))
    // A refusal is a loss like any.
    socket.on('error', () => undefined)
    socket.unref()
  }

  static async open({ host, port }: Place, count: Count): Promise<Asker> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1_048_576 })
    socket.connect(port, host)
    await once(socket, 'connect')
    return new Asker(socket, count)
  }

  /** Whether nothing but answers to questions of ours has come since the last. Rejects when none comes to this one for ten seconds. */
  async ask(question: Buffer): Promise<boolean> {
    const answered = new Promise<'answered'>(resolve => (this.#done = () => resolve('answered')))
    this.#question = question
    this.#count.asked += 1
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      if (attempt > 1) this.#count.repeated += 1
      if (attempt === 2 && this.#askedTwice.push(question) > remembered) this.#askedTwice.shift()
      this.#socket.send(question, () => undefined)
      const enough = new AbortController()
      const late = pause(patience, 'late', { signal: enough.signal }).catch(() => 'late')
      const outcome = await Promise.race([answered, late])
      enough.abort()
      if (outcome === 'answered') return this.#isRight()
    }
    throw new Error(`no answer to ${question.length} bytes within ${(patience * tries) / 1000} s`)
  }

  /** Whether nothing else has come to the end. Whoever gets the port next shall not hear answers to what we asked twice. */
  async close(): Promise<boolean> {
    if (this.#askedTwice.length > 0) await pause(1000)
    this.#socket.close()
    return this.#isRight()
  }

  #isRight(): boolean {
    const right = !this.#heardOthers
    this.#heardOthers = false
    return right
  }

  #hear(answer: Buffer): void {
    if (this.#question?.equals(answer)) {
      this.#question = undefined
      this.#done()
    } else if (!this.#askedTwice.some(question => question.equals(answer))) this.#heardOthers = true
  }
}
