import type { Handler, HttpRequest, HttpResponse } from '../../lib/sandbox/api/serve/exchange.js'

/** Answers a request in another way than the `proper` one, which it may call. */
export type Fault = (request: HttpRequest, response: HttpResponse, proper: Handler) => void

/** A request that came. */
export interface Asked {
  /** Path and query, as they were sent. */
  readonly url: string
  readonly authorization: string
}

/** An API server's handler that, for some requests, does not what it should. It remembers what it was asked. */
export class Unruly {
  readonly #proper: Handler
  readonly #faults = new Map<RegExp, Fault>()
  readonly #asked: Asked[] = []
  readonly #watches = new Map<HttpResponse, string>()
  #wake: () => void = () => undefined

  constructor(proper: Handler) {
    this.#proper = proper
  }

  readonly handler: Handler = (request, response) => {
    const url = request.url ?? ''
    this.#asked.push({ url, authorization: request.headers.authorization ?? '' })
    if (url.includes('watch=true')) {
      this.#watches.set(response, url)
      response.on('close', () => this.#watches.delete(response))
    }
    const fault = [...this.#faults].find(([wanted]) => wanted.test(url))?.[1]
    if (fault) fault(request, response, this.#proper)
    else this.#proper(request, response)
    this.#wake()
  }

  /** From now on answers requests like `wanted` so; of two faults that fit, the first one counts. */
  spoil(wanted: RegExp, fault: Fault): void {
    this.#faults.set(wanted, fault)
  }

  /** Does as it should from now on. */
  behave(): void {
    this.#faults.clear()
  }

  /** Says `text` to all who watch `resource`, in the middle of their watch. */
  say(resource: string, text: string): void {
    for (const response of this.#watching(resource)) response.write(text)
  }

  /** Ends the watches of `resource`, well. */
  end(resource: string): void {
    for (const response of this.#watching(resource)) response.end()
  }

  /** A moment to count from. */
  now(): number {
    return this.#asked.length
  }

  /** What it was asked, `from` on. */
  asked(from = 0): readonly Asked[] {
    return this.#asked.slice(from)
  }

  /** Resolves with the first request, `from` on, that `fits`. Rejects after 20 s. */
  async request(fits: (asked: Asked) => boolean, from = 0): Promise<Asked> {
    const late = AbortSignal.timeout(20_000)
    for (;;) {
      const found = this.#asked.slice(from).find(fits)
      if (found) return found
      if (late.aborted) throw new Error('waited 20 s in vain for a request')
      await new Promise<void>(resolve => {
        this.#wake = resolve
        late.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  #watching(resource: string): readonly HttpResponse[] {
    return [...this.#watches].flatMap(([response, url]) => (url.includes(`/${resource}?`) ? [response] : []))
  }
}
