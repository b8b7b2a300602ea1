import type { Alarm, Clock } from '../../lib/model/clock.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { ApiError } from '../../lib/watch/api-error.js'
import type { GetOptions } from '../../lib/watch/transport.js'
import type { Turns } from './turns.js'

export interface WatchOptions extends GetOptions {
  readonly resource: string
  readonly turns: Turns
  readonly clock: Clock
  /** How long it lasts. */
  readonly seconds: number
  readonly closed: () => void
}

/** A watch as a client sees it: lines, in order, until it ends. */
export class Watch {
  readonly #options: WatchOptions
  readonly #alarms: Alarm[] = []
  #lines: string[] = []
  #over: 'cleanly' | ApiError | undefined
  #frozen = false
  #wake: () => void = () => undefined

  constructor(options: WatchOptions) {
    this.#options = options
    const { clock, signal } = options
    this.#alarms.push(clock.after(seconds(options.seconds), () => this.end('cleanly')))
    signal.addEventListener('abort', this.#abort)
  }

  get resource(): string {
    return this.#options.resource
  }

  tell(line: string): void {
    if (this.#over || this.#frozen) return
    this.#lines.push(line)
    this.#wake()
  }

  /** Sends a line that makes no sense; half of one is its last. */
  babble(line: string): void {
    this.tell(line)
    if (!line.endsWith('\n')) this.end('cleanly')
  }

  /** After what was sent. */
  end(how: 'cleanly' | 'badly'): void {
    if (!this.#frozen)
      this.#end(how === 'cleanly' ? how : new ApiError('unreachable', 'the connection is gone'))
  }

  /** What was not read yet does not arrive, nor does an end: the client's patience ends it. */
  freeze(): void {
    const { clock, quiet } = this.#options
    if (this.#frozen || this.#over) return
    this.#frozen = true
    this.#lines = []
    this.#alarms.push(clock.after(quiet, () => this.#end(new ApiError('silent', 'nothing was heard'))))
  }

  /** Nobody reads it any more. */
  hangUp(): void {
    this.#frozen = true
    for (const alarm of this.#alarms) alarm.cancel()
  }

  async *body(): AsyncGenerator<Uint8Array> {
    const { turns, resource, closed, signal } = this.#options
    try {
      for (;;) {
        const line = signal.aborted ? undefined : this.#lines.shift()
        if (line !== undefined) {
          await turns.wait(`a line of ${resource}`)
          yield Buffer.from(line)
        } else if (this.#over === 'cleanly') return
        else if (this.#over) throw this.#over
        else await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      for (const alarm of this.#alarms) alarm.cancel()
      signal.removeEventListener('abort', this.#abort)
      closed()
    }
  }

  readonly #abort = (): void => {
    this.#end(new ApiError('unreachable', 'given up'))
  }

  #end(over: 'cleanly' | ApiError): void {
    this.#over ??= over
    this.#wake()
  }
}
