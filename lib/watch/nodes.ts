import { errorText } from '../model/error-text.js'
import { seconds } from '../model/milliseconds.js'
import { wait } from '../model/wait.js'
import { ApiError } from './api-error.js'
import { type ApiKind, nodeCalled, nodes } from './api-kind.js'
import type { MirrorOptions } from './mirror.js'
import { Mirrors } from './mirrors.js'
import { type Node, readNode } from './translation/node.js'

export interface NodesOptions extends Omit<MirrorOptions<Node>, 'kind' | 'decode' | 'endsWith'> {
  /** Only the one that we are, as node agents do, or all, for whoever has to find the way to them. */
  readonly wanted: 'own' | 'all'
  /** The Node that we are, if there is one of that name. */
  readonly name: string
  /** Without the right to see them: are there none for us, or is that a trouble like others? */
  readonly forbidden: 'none' | 'trouble'
}

/** How soon it is worth a look whether we may see them by now. */
const again = seconds(300)

const isForbidden = (error: unknown): boolean => error instanceof ApiError && error.trouble === 'forbidden'

/** The cluster's Nodes, as far as we want and may see them. */
export class Nodes {
  readonly #options: NodesOptions
  readonly kind: ApiKind
  readonly mirrors: Mirrors<Node>
  #forbidden: string | undefined

  constructor(options: NodesOptions) {
    const { wanted, name, forbidden } = options
    this.#options = options
    this.kind = wanted === 'all' ? nodes : nodeCalled(name)
    this.mirrors = new Mirrors({
      ...{ ...options, kind: this.kind, decode: readNode },
      ...(forbidden === 'none' && { endsWith: isForbidden }),
    })
  }

  /** Whether `all` is what there is for us. */
  get listed(): boolean {
    return this.mirrors.listed || this.#forbidden !== undefined
  }

  /** What the server said when it did not let us see them; undefined once it has. */
  get forbidden(): string | undefined {
    return this.mirrors.listed ? undefined : this.#forbidden
  }

  get all(): readonly Node[] {
    return this.mirrors.values
  }

  /** The Node that we are; undefined where we are none. */
  get own(): Node | undefined {
    return this.all.find(({ name }) => name === this.#options.name)
  }

  /** Lists once. Rejects with an `ApiError`. */
  async list(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(this.mirrors.all.map(mirror => mirror.list(signal)))
    } catch (error) {
      this.#forgive(error)
    }
  }

  /** Follows them until `signal` aborts, and resolves then. Troubles are reported, and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted)
      try {
        await Promise.all(this.mirrors.all.map(mirror => mirror.run(signal)))
      } catch (error) {
        this.#forgive(error)
        await wait(this.#options.clock, again, signal)
      }
  }

  /** Takes note that we may not see them, which is said once; throws what is no reason to do without them. */
  #forgive(error: unknown): void {
    if (this.#options.forbidden === 'trouble' || !isForbidden(error)) throw error
    const isNews = this.#forbidden === undefined
    this.#forbidden = errorText(error)
    if (!isNews) return
    this.#options.report({ type: 'nodes-forbidden', reason: this.#forbidden })
    this.#options.changed()
  }
}
