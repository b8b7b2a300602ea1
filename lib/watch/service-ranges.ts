import { type Cidr, cidr } from '../model/cidr.js'
import type { Clock } from '../model/clock.js'
import { seconds } from '../model/milliseconds.js'
import { ApiError } from './api-error.js'
import { Backoff } from './backoff.js'
import { parsed, wholeText } from './body.js'
import { field, list, texts } from './raw.js'
import type { Transport } from './transport.js'
import { wait } from '../model/wait.js'
import { refusalIn } from './whole-list.js'

export interface ServiceRangesOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
  /** Aborts when the server answers others, after it did not: a reason not to wait any longer. */
  readonly returned: () => AbortSignal
  /** What is known from elsewhere; if it is anything, nobody is asked. */
  readonly given: readonly Cidr[]
}

const path = '/apis/networking.k8s.io/v1/servicecidrs'

/** The server is not there, or not ready, and says nothing about what it has. */
const passing: ReadonlySet<string> = new Set(['unreachable', 'silent', 'untrusted', 'unauthorized', 'busy'])

const rangesIn = (written: unknown): readonly Cidr[] =>
  list(field(written, 'items')).flatMap(item => texts(field(item, 'spec', 'cidrs')).map(cidr))

/** Where the cluster's cluster IPs are from, as far as its server tells: since Kubernetes 1.33, and not everybody. */
export class ServiceRanges {
  readonly #options: ServiceRangesOptions
  #known: readonly Cidr[] | undefined

  constructor(options: ServiceRangesOptions) {
    this.#options = options
    this.#known = options.given.length > 0 ? options.given : undefined
  }

  /** The ranges, none if the server tells of none; undefined as long as it was not asked. */
  get known(): readonly Cidr[] | undefined {
    return this.#known
  }

  /** Asks the server, once, unless it has been. Rejects with an `ApiError` while it cannot be asked. */
  async ask(signal: AbortSignal): Promise<void> {
    try {
      this.#known ??= await this.#answer(signal)
    } catch (error) {
      if (error instanceof ApiError && passing.has(error.trouble)) throw error
      // It has none, does not let us, or says what makes no sense: all that is lost is a check.
      this.#known = []
    }
  }

  /** Asks until there is an answer, which is told with `learnt`, or `signal` aborts. */
  async run(signal: AbortSignal, learnt: () => void): Promise<void> {
    const wasKnown = this.#known !== undefined
    const { clock, returned } = this.#options
    const backoff = new Backoff(this.#options)
    while (!signal.aborted && this.#known === undefined)
      await this.ask(signal).catch(() => wait(clock, backoff.next(), AbortSignal.any([signal, returned()])))
    if (!wasKnown) learnt()
  }

  async #answer(signal: AbortSignal): Promise<readonly Cidr[]> {
    const answer = await this.#options.transport.get(path, { signal, quiet: seconds(40) })
    if (answer.status !== 200) throw await refusalIn(answer)
    return rangesIn(parsed(await wholeText(answer.body)))
  }
}
