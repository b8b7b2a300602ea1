import type { ProxyEvent, Report } from '../model/event.js'

type Type = ProxyEvent['type']

/** What happens: noted by those who only watch, and then followed by those who have something to do about it. */
export class EventHub {
  readonly #note: Report
  readonly #followers = new Map<Type, (() => void)[]>()
  readonly #first = new Map<Type, () => Promise<void>>()

  constructor(note: Report) {
    this.#note = note
  }

  readonly report: Report = event => {
    const first = this.#first.get(event.type)
    if (first) void first().then(() => this.#tell(event))
    else this.#tell(event)
  }

  /** Calls `follow` after each event of the type. */
  on(type: Type, follow: () => void): void {
    this.#followers.set(type, [...(this.#followers.get(type) ?? []), follow])
  }

  /** Nobody is told of events of the type before `work`, which never rejects, is done for them. */
  before(type: Type, work: () => Promise<void>): void {
    this.#first.set(type, work)
  }

  #tell(event: ProxyEvent): void {
    this.#note(event)
    for (const follow of this.#followers.get(event.type) ?? []) follow()
  }
}
