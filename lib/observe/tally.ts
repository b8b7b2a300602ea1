import type { Alarm, Clock } from '../model/clock.js'
import { endpointText } from '../model/endpoint.js'
import type { ProxyEvent } from '../model/event.js'
import { seconds } from '../model/milliseconds.js'

export interface TallyOptions {
  readonly clock: Clock
  /** Takes a sentence for people. */
  readonly warn: (text: string) => void
}

/** A burst is told of as one, and one that goes on not too often. */
const first = seconds(1)
const period = seconds(10)

/** What is counted together with others of its kind; undefined: nothing that went wrong. */
const kindOf = (event: ProxyEvent): string | undefined => {
  if (event.type === 'turned-away')
    // Neither was refused: one left by itself, the other came while we stop.
    return event.reason === 'client left' || event.reason === 'stopping'
      ? undefined
      : `${event.servicePort}: clients reset: ${event.reason}`
  if (event.type === 'flow-refused') return `${event.servicePort}: datagrams lost: ${event.reason}`
  if (event.type === 'dial-failed' || event.type === 'flow-failed')
    return `${event.servicePort}: endpoint ${endpointText(event.endpoint)} failed: ${event.reason}`
  return undefined
}

/**
 * Counts what goes wrong for single clients. Each is no news, and a flood of them may not become a flood of lines; that there
 * are some is news: so the sums are told, a second after the first and then every ten.
 */
export class Tally {
  readonly #options: TallyOptions
  readonly #counts = new Map<string, { total: number; untold: number }>()
  #alarm: Alarm | undefined

  constructor(options: TallyOptions) {
    this.#options = options
  }

  note(event: ProxyEvent): void {
    const kind = kindOf(event)
    if (kind === undefined) return
    const count = this.#counts.get(kind) ?? { total: 0, untold: 0 }
    count.total += 1
    count.untold += 1
    this.#counts.set(kind, count)
    this.#alarm ??= this.#options.clock.after(first, () => this.#tell())
  }

  /** Tells what has not been told, and sets no more alarms. */
  close(): void {
    this.#alarm?.cancel()
    this.#sayAll()
  }

  #tell(): void {
    this.#sayAll()
    const goesOn = this.#counts.size > 0
    this.#alarm = goesOn ? this.#options.clock.after(period, () => this.#tell()) : undefined
  }

  /** Says what is new, and forgets what has no news. */
  #sayAll(): void {
    for (const [kind, count] of this.#counts) {
      const before = count.total === count.untold ? '' : `, ${count.total} in all`
      if (count.untold === 0) this.#counts.delete(kind)
      else this.#options.warn(`${kind} (${count.untold}${before})`)
      count.untold = 0
    }
  }
}
