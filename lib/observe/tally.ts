import type { Alarm, Clock } from '../model/clock.js'
import type { ProxyEvent } from '../model/event.js'
import { seconds } from '../model/milliseconds.js'
import { describe } from './describe.js'

export interface RefusalsOptions {
  readonly clock: Clock
  /** Takes a sentence for people. */
  readonly warn: (text: string) => void
}

/** A burst is told of as one, and one that goes on not too often. */
const first = seconds(1)
const period = seconds(10)

const noun = (event: ProxyEvent): string =>
  event.type === 'turned-away' ? 'clients reset' : 'datagrams lost'

/** Refused, and not told of one by one. */
const isQuiet = (event: ProxyEvent): event is Extract<ProxyEvent, { type: 'turned-away' | 'flow-refused' }> =>
  (event.type === 'turned-away' || event.type === 'flow-refused') && describe(event).verbosity > 0

/**
 * Counts clients that were refused, by service port and reason. Each is no news; that there are many is: so the sums are told
 * from time to time. Clients that left by themselves, or came while we stop, were not refused.
 */
export class Refusals {
  readonly #options: RefusalsOptions
  readonly #counts = new Map<string, { total: number; untold: number }>()
  #alarm: Alarm | undefined

  constructor(options: RefusalsOptions) {
    this.#options = options
  }

  note(event: ProxyEvent): void {
    if (!isQuiet(event) || event.reason === 'client left' || event.reason === 'stopping') return
    const what = `${event.servicePort}: ${noun(event)}: ${event.reason}`
    const count = this.#counts.get(what) ?? { total: 0, untold: 0 }
    this.#counts.set(what, { total: count.total + 1, untold: count.untold + 1 })
    this.#alarm ??= this.#options.clock.after(first, () => this.#tell())
  }

  /** Tells what has not been told, and sets no more alarms. */
  close(): void {
    this.#alarm?.cancel()
    this.#sayAll()
  }

  #tell(): void {
    const { clock } = this.#options
    this.#alarm = this.#sayAll() ? clock.after(period, () => this.#tell()) : undefined
  }

  /** Whether there was something to say. */
  #sayAll(): boolean {
    const news = [...this.#counts].filter(([, { untold }]) => untold > 0)
    for (const [what, { total, untold }] of news) {
      const before = total === untold ? '' : `, ${total} since the start`
      this.#options.warn(`${what} (${untold}${before})`)
      this.#counts.set(what, { total, untold: 0 })
    }
    return news.length > 0
  }
}
