import type { ProxyEvent } from '../../model/event.js'
import { type Health, isHealthy } from '../../model/health.js'
import { type Milliseconds, milliseconds, seconds } from '../../model/milliseconds.js'
import { describe } from '../../observe/describe.js'
import { whyUnready } from '../../observe/health-answer.js'

const underWay: readonly ProxyEvent['type'][] = ['successor-started', 'successor-failed', 'stopping']

export interface NoticesOptions {
  /** Whether the process before this one still serves, and speaks for us until it does no more. */
  readonly isSuccessor: boolean
  /** How long a supervisor waits for a sign of life; undefined: it does not. */
  readonly watchdog: Milliseconds | undefined
  /** What the kernel's CLOCK_MONOTONIC says, in microseconds. */
  readonly monotonic: () => bigint
}

/** What a supervisor is told at once: variables as sd_notify(3) has them. Nothing, when it is empty. */
export type Notice = readonly string[]

/** Without a watchdog, we say how we are this often. */
const usualBeat = seconds(30)

/** Beside what connections get: for rules to be taken out. */
const forRules = seconds(5)

const extension = (span: Milliseconds): string => `EXTEND_TIMEOUT_USEC=${Math.round(span * 1000)}`

/** One line, of a length that can be read where `systemctl status` shows it. */
const statusOf = (text: string): string => {
  const line = text.replace(/\s+/g, ' ')
  return `STATUS=${line.length > 400 ? `${line.slice(0, 399)}…` : line}`
}

/** What there is to tell a supervisor: of what happens, and as time goes by. */
export class Notices {
  readonly #options: NoticesOptions
  #isSilent: boolean
  #isReady = false
  #servicePorts = 0
  /** What is under way or wrong, and said instead of how much is served. */
  #matter = ''
  /** As it was told last. */
  #status = ''

  constructor(options: NoticesOptions) {
    this.#options = options
    this.#isSilent = options.isSuccessor
  }

  /** How often to tell how we are. */
  get period(): Milliseconds {
    const { watchdog } = this.#options
    return watchdog === undefined ? usualBeat : milliseconds(watchdog / 2)
  }

  /** What to tell of something that happened. */
  of(event: ProxyEvent): Notice {
    this.#note(event)
    const isReady = this.#isReady
    if (event.type === 'ready') return ['READY=1', this.#now(this.#serving)]
    // Who is not ready goes on starting, whichever process it will be that gets ready.
    if (event.type === 'successor-started' && isReady)
      return ['RELOADING=1', `MONOTONIC_USEC=${this.#options.monotonic()}`, this.#now(this.#matter)]
    if (event.type === 'successor-failed' && isReady) return ['READY=1', this.#now(this.#matter)]
    if (event.type === 'stopping') {
      const span = milliseconds(event.drainTimeout + forRules)
      return ['STOPPING=1', extension(span), this.#now(this.#matter)]
    }
    return []
  }

  /** What to tell every `period`: that we live, where we are healthy, and how we are, where that is new. */
  beat(health: Health): Notice {
    if (this.#isSilent) return []
    const status = this.#status
    const now = this.#now(this.#matter || this.#wordsFor(health))
    return [
      ...(isHealthy(health) ? this.#signsOfLife() : []),
      // A process a beat, only to say what is known, would be too many.
      ...(now === status ? [] : [now]),
    ]
  }

  #note(event: ProxyEvent): void {
    if (event.type === 'synced') this.#servicePorts = event.servicePorts
    if (event.type === 'ready') this.#isReady = true
    if (event.type === 'took-over') this.#isSilent = false
    if (event.type === 'handed-over') this.#isSilent = true
    if (event.type === 'self-test') this.#matter = event.outcome === 'well' ? '' : describe(event).text()
    if (underWay.includes(event.type)) this.#matter = describe(event).text()
  }

  get #serving(): string {
    return `serving ${this.#servicePorts} service port${this.#servicePorts === 1 ? '' : 's'}`
  }

  #wordsFor(health: Health): string {
    if (!isHealthy(health))
      return 'not healthy: a change waits for too long to be put into force; see the log'
    return health.readiness === 'ready' ? this.#serving : whyUnready[health.readiness]
  }

  /** A supervisor that waits for us to be ready is to wait on: an API server may be away for long. */
  #signsOfLife(): Notice {
    const patience = milliseconds(3 * this.period)
    return [
      ...(this.#options.watchdog === undefined ? [] : ['WATCHDOG=1']),
      ...(this.#isReady ? [] : [extension(patience)]),
    ]
  }

  #now(text: string): string {
    this.#status = statusOf(text)
    return this.#status
  }
}
