import type { NextOptions, NextProcess } from '../host/channel.js'
import type { Alarm, Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import { type Milliseconds, seconds } from '../model/milliseconds.js'
import { Answers, type Succeeded } from './answers.js'
import { type Asked, isMessage, protocol, successorVariable } from './messages.js'

export interface SuccessionParts {
  readonly startNext: (options: NextOptions) => NextProcess
  /** Whether this process is nobody's successor. */
  readonly isFirst: boolean
  readonly succeeded: Succeeded
  readonly clock: Clock
  readonly report: Report
}

/** A successor that does not serve by then is given up: an API server may be away. */
const longestStart = seconds(90)

/** And one that has us rest: meanwhile nothing that changes is put into force. */
const longestRest = seconds(30)

interface Next {
  readonly process: NextProcess
  readonly answers: Answers
}

/** How this process is succeeded by the program and the configuration as they are by then. */
export class Succession {
  readonly #parts: SuccessionParts
  #next: Next | undefined
  #alarm: Alarm | undefined
  #late = false
  #isHandingOver = false
  #isClosed = false
  #handOver: (successor: NextProcess) => void = () => undefined
  /** Resolves when a successor serves, and this process accepts nobody any more. */
  readonly handedOver = new Promise<NextProcess>(resolve => (this.#handOver = resolve))

  constructor(parts: SuccessionParts) {
    this.#parts = parts
  }

  /** Starts a successor, unless one is starting already. What becomes of it is reported. */
  begin(): void {
    if (this.#next) return
    const { startNext, isFirst, succeeded, report } = this.#parts
    const successor = startNext({ variables: { [successorVariable]: protocol }, isFirst })
    const answers = new Answers(succeeded, (message, socket) => successor.send(message, socket))
    const next = { process: successor, answers }
    this.#next = next
    this.#late = false
    this.#giveUpAfter(longestStart, successor)
    successor.receive(message => {
      if (isMessage(message) && 'request' in message) void this.#answer(next, message)
    })
    void successor.exited.then(code => {
      if (!this.#isHandingOver && !this.#isClosed) this.#abandon(next, code)
    })
    report({ type: 'successor-started', ...(successor.pid !== undefined && { pid: successor.pid }) })
  }

  /**
   * Ends a successor that does not serve yet: from now on there is none. Where all is being handed over already, nothing is
   * ended; resolves with that successor, when it is done. May be called twice.
   */
  async close(): Promise<NextProcess | undefined> {
    if (this.#isHandingOver) return this.handedOver
    this.#isClosed = true
    this.#alarm?.cancel()
    this.#next?.process.kill()
    this.#next?.answers.takeBack()
    return undefined
  }

  async #answer({ process, answers }: Next, asked: Asked): Promise<void> {
    if (this.#isClosed) return
    if (asked.type === 'rest') this.#giveUpAfter(longestRest, process)
    if (asked.type === 'relieve') {
      this.#alarm?.cancel()
      this.#isHandingOver = true
    }
    await answers.answer(asked, asked.request)
    if (asked.type === 'relieve') this.#handOver(process)
  }

  #giveUpAfter(span: Milliseconds, successor: NextProcess): void {
    this.#alarm?.cancel()
    this.#alarm = this.#parts.clock.after(span, () => {
      this.#late = true
      successor.kill()
    })
  }

  #abandon({ answers }: Next, code: number): void {
    this.#alarm?.cancel()
    this.#next = undefined
    answers.abandon()
    const how = this.#late ? 'did not serve in time' : `ended with code ${code}`
    this.#parts.report({ type: 'successor-failed', reason: `the new process ${how}` })
  }
}
