import type { Alarm, Clock } from '../../model/clock.js'
import { type Milliseconds, seconds } from '../../model/milliseconds.js'
import type { ByteStream, Receiver } from '../../stream/byte-stream.js'
import { type Reading, readGreeting, readRequest, type Sought } from './message.js'

/** A client in all likelihood asks at once; one that does not costs a descriptor. */
const longestSilence = seconds(10)

/** For as long as an answer may take to be read. To reset a stream before that may cost the client the answer. */
const longestFarewell = seconds(2)

/** What a client has said whom it wants, and what it has sent since. */
export interface Asked {
  readonly sought: Sought
  readonly early: Uint8Array
  readonly hasEnded: boolean
}

export interface GuestParts {
  /** Where it has come to, as people write it. */
  readonly here: string
  readonly clock: Clock
  /** It has asked, and is not ours any longer: who takes its stream has to read from it, or to say farewell. */
  readonly asked: (asked: Asked) => void
  /** It is told that it gets nothing, or was too slow to ask. */
  readonly refused: (reason: string) => void
  /** It is gone. Not called after `asked`. */
  readonly gone: () => void
}

/** A client of a SOCKS port until it has said whom it wants, or is gone. */
export class Guest implements Receiver {
  readonly #stream: ByteStream
  readonly #parts: GuestParts
  #state: 'greeting' | 'asking' | 'leaving' | 'over' = 'greeting'
  /** At most the longest greeting and request, and what came with the last bytes of it. */
  #bytes = Buffer.alloc(0)
  #hasEnded = false
  #alarm: Alarm | undefined

  constructor(stream: ByteStream, parts: GuestParts) {
    this.#stream = stream
    this.#parts = parts
  }

  /** Listens to what it wants. */
  begin(): void {
    this.#patienceFor(longestSilence, () => this.#refuse('it did not say in time whom it wants'))
    this.#stream.readTo(this)
  }

  /** Sends it the last that it is told, and sees to it that it goes. */
  farewell(answer: Uint8Array): void {
    this.#state = 'leaving'
    this.#patienceFor(longestFarewell, () => this.reset())
    this.#stream.readTo(this)
    this.#stream.resume()
    if (answer.length > 0) this.#stream.write(answer)
    this.#stream.end()
  }

  /** Ends it at once. May be called twice. */
  reset(): void {
    this.#stream.reset()
    this.#leave()
  }

  read(bytes: Uint8Array): boolean {
    if (this.#state === 'leaving') return true
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    this.#readOn()
    return true
  }

  ended(): void {
    this.#hasEnded = true
    if (this.#state !== 'leaving') this.#refuse('it ended before it had said whom it wants')
  }

  drained(): void {
    // Nothing is kept that waits for this.
  }

  closed(): void {
    this.#leave()
  }

  #readOn(): void {
    while (this.#state === 'greeting' || this.#state === 'asking') {
      const reading =
        this.#state === 'greeting' ? readGreeting(this.#bytes, this.#parts.here) : readRequest(this.#bytes)
      if (reading.kind === 'unfinished') return
      this.#take(reading)
    }
  }

  #take(reading: Exclude<Reading, { readonly kind: 'unfinished' }>): void {
    switch (reading.kind) {
      case 'greeted':
        this.#state = 'asking'
        this.#bytes = this.#bytes.subarray(reading.length)
        // Who leaves no room for two bytes wants none.
        if (!this.#stream.write(reading.answer)) this.reset()
        return
      case 'refused':
        this.#refuse(reading.reason, reading.answer)
        return
      case 'asked': {
        this.#state = 'over'
        this.#alarm?.cancel()
        const early = this.#bytes.subarray(reading.length)
        this.#parts.asked({ sought: reading.sought, early, hasEnded: this.#hasEnded })
      }
    }
  }

  #refuse(reason: string, answer: Uint8Array = new Uint8Array()): void {
    this.#parts.refused(reason)
    this.farewell(answer)
  }

  #patienceFor(time: Milliseconds, over: () => void): void {
    this.#alarm?.cancel()
    this.#alarm = this.#parts.clock.after(time, over)
  }

  #leave(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#alarm?.cancel()
    this.#parts.gone()
  }
}
