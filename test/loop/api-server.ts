import type { Clock } from '../../lib/model/clock.js'
import { ApiError } from '../../lib/watch/api-error.js'
import { type ApiKind, endpointSlices, nodeCalled, services } from '../../lib/watch/api-kind.js'
import { isRaw, type Raw } from '../../lib/watch/raw.js'
import type { Answer, GetOptions, Transport } from '../../lib/watch/transport.js'
import { Watch } from './watch.js'
import type { Turns } from './turns.js'

export const kinds: readonly ApiKind[] = [services, endpointSlices, nodeCalled('worker')]
export type Kind = 'services' | 'endpointslices' | 'nodes'

/** Something that happened to an object. */
export interface Change {
  readonly version: number
  readonly resource: string
  readonly line: string
}

/** What a watch sends that it should not. */
export type Nonsense = 'garbage' | 'half a line' | 'another kind'

type Objects = ReadonlyMap<string, Raw>

const bodyOf = (value: unknown): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield Buffer.from(JSON.stringify(value))
  })()

const keyOf = (resource: string, name: string): string => `${resource}/${name}`

const versioned = (object: Raw, version: number): Raw => ({
  ...object,
  metadata: { ...(isRaw(object.metadata) ? object.metadata : {}), resourceVersion: String(version) },
})

const objectsPerPage = 2

/** An API server that can misbehave: what it has, and how it answers one process at a time. */
export class ApiServer {
  readonly #turns: Turns
  #objects: Objects = new Map<string, Raw>()
  #changes: readonly Change[] = []
  #version = 1
  /** What happened up to this version is forgotten. */
  #oldest = 1
  #backup: Objects
  readonly #watches = new Set<Watch>()
  state: 'well' | 'away' | 'frozen' = 'well'
  /** So many requests are refused, and with what. */
  refusals = { left: 0, status: 429, retryAfter: '1' }
  /** So many lists break off. */
  brokenLists = 0
  /** So many times a page is not there any more. */
  expiredPages = 0
  /** When each request came, and for what. */
  readonly asked: { readonly at: number; readonly resource: string }[] = []

  constructor(turns: Turns) {
    this.#turns = turns
    this.#backup = this.#objects
  }

  /** All objects; others whenever one changes. */
  get objects(): Objects {
    return this.#objects
  }

  /** The objects of a kind as they are. */
  all(resource: Kind): readonly Raw[] {
    return [...this.#objects].flatMap(([key, object]) => (key.startsWith(`${resource}/`) ? [object] : []))
  }

  put(resource: Kind, name: string, object: Raw): void {
    this.#version += 1
    const key = keyOf(resource, name)
    const type = this.#objects.has(key) ? 'MODIFIED' : 'ADDED'
    this.#objects = new Map([...this.#objects, [key, versioned(object, this.#version)]])
    this.#tell(resource, type, versioned(object, this.#version))
  }

  remove(resource: Kind, name: string): void {
    const key = keyOf(resource, name)
    const object = this.#objects.get(key)
    if (!object) return
    this.#version += 1
    this.#objects = new Map([...this.#objects].filter(([each]) => each !== key))
    this.#tell(resource, 'DELETED', versioned(object, this.#version))
  }

  /** Ends all watches: as they should end, or in the middle. */
  drop(how: 'cleanly' | 'badly'): void {
    for (const watch of this.#watches) watch.end(how)
  }

  /** What is sent from now on does not arrive, and requests are not answered. */
  freeze(): void {
    this.state = 'frozen'
    for (const watch of this.#watches) watch.freeze()
  }

  leave(): void {
    this.state = 'away'
    this.drop('badly')
  }

  /** Forgets what happened so far: who watches from before is told so. */
  forget(): void {
    this.#version += 1
    this.#oldest = this.#version
    this.drop('badly')
  }

  /** Keeps what there is, for `restore`. */
  keep(): void {
    this.#backup = this.#objects
  }

  /** Is what it was when it was kept; as etcd's manual wants it, with versions that nobody has seen. */
  restore(): void {
    this.#objects = this.#backup
    this.#version += 1_000
    this.#changes = []
    this.forget()
  }

  babble(resource: Kind, nonsense: Nonsense): void {
    for (const watch of this.#watches) if (watch.resource === resource) watch.babble(lineOf(nonsense))
  }

  /** Tells once more of a change that is so many changes old. */
  repeat(resource: Kind, which: number): void {
    const old = this.#changes.filter(change => change.resource === resource).at(-1 - which)
    if (old) for (const watch of this.#watches) if (watch.resource === resource) watch.tell(old.line)
  }

  /** The process that asked is gone. */
  hangUp(): void {
    for (const watch of this.#watches) watch.hangUp()
    this.#watches.clear()
  }

  /** Whether it answers as it should from now on. */
  get isWell(): boolean {
    const { refusals, brokenLists, expiredPages } = this
    return this.state === 'well' && refusals.left + brokenLists + expiredPages <= 0
  }

  mend(): void {
    this.state = 'well'
    this.refusals = { ...this.refusals, left: 0 }
    this.brokenLists = 0
    this.expiredPages = 0
  }

  /** For one process. */
  transport(clock: Clock): Transport {
    return {
      watchSeconds: [30, 40],
      get: (path, options) => this.#get(path, options, clock),
      close: () => undefined,
    }
  }

  async #get(path: string, options: GetOptions, clock: Clock): Promise<Answer> {
    const url = new URL(path, 'http://cluster')
    const kind = kinds.find(each => each.path === url.pathname)
    this.asked.push({ at: clock.now(), resource: kind?.resource ?? url.pathname })
    await this.#turns.wait(`GET ${path}`)
    if (options.signal.aborted) throw new ApiError('unreachable', 'given up')
    if (this.state === 'away') throw new ApiError('unreachable', 'nobody there')
    if (this.state === 'frozen') return silence(options, clock)
    if (this.refusals.left > 0) {
      this.refusals.left -= 1
      return { ...this.refusals, body: bodyOf({}) }
    }
    if (!kind) return { status: 404, retryAfter: undefined, body: bodyOf({}) }
    return url.searchParams.has('watch')
      ? this.#watch(kind, url, { ...options, clock })
      : this.#list(kind, url.searchParams)
  }

  #list(kind: ApiKind, query: URLSearchParams): Answer {
    const asked = Number(query.get('resourceVersion') ?? 0)
    if (asked > this.#version) return refusal(504, `Too large resource version: ${asked}`)
    const [at = 0, from = 0] = (query.get('continue') ?? '').split(' ').map(Number)
    // A list whose pages are all of one version: here, that of the last page asked for while nothing changed.
    if (from > 0 && (at !== this.#version || this.expiredPages-- > 0)) return refusal(410, 'expired')
    const all = this.all(kind.resource === 'endpoints' ? 'endpointslices' : kind.resource)
    const items = query.has('limit') || from > 0 ? all.slice(from, from + objectsPerPage) : all
    const more = from + items.length < all.length ? `${this.#version} ${from + items.length}` : ''
    const metadata = { resourceVersion: String(this.#version), continue: more }
    const list = { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items }
    if (this.brokenLists > 0) {
      this.brokenLists -= 1
      return { status: 200, retryAfter: undefined, body: half(JSON.stringify(list)) }
    }
    return { status: 200, retryAfter: undefined, body: bodyOf(list) }
  }

  #watch(kind: ApiKind, url: URL, options: GetOptions & { readonly clock: Clock }): Answer {
    const from = Number(url.searchParams.get('resourceVersion'))
    if (from > this.#version) return refusal(504, `Too large resource version: ${from}`)
    if (from < this.#oldest) return refusal(410, 'too old resource version')
    const watch = new Watch({
      ...{ ...options, resource: kind.resource, turns: this.#turns },
      seconds: Number(url.searchParams.get('timeoutSeconds')),
      closed: () => void this.#watches.delete(watch),
    })
    this.#watches.add(watch)
    for (const change of this.#changes)
      if (change.resource === kind.resource && change.version > from) watch.tell(change.line)
    return { status: 200, retryAfter: undefined, body: watch.body() }
  }

  #tell(resource: Kind, type: string, object: Raw): void {
    const kind = kinds.find(each => each.resource === resource)
    const whole = { kind: kind?.kind, apiVersion: kind?.apiVersion, ...object }
    const line = `${JSON.stringify({ type, object: whole })}\n`
    this.#changes = [...this.#changes, { version: this.#version, resource, line }]
    for (const watch of this.#watches) if (watch.resource === resource) watch.tell(line)
  }
}

const refusal = (code: number, message: string): Answer => ({
  ...{ status: code, retryAfter: undefined },
  body: bodyOf({ kind: 'Status', code, message }),
})

const half = (text: string): AsyncIterable<Uint8Array> =>
  (async function* () {
    yield Buffer.from(text.slice(0, text.length / 2))
    throw new ApiError('unreachable', 'it broke off')
  })()

const lineOf = (nonsense: Nonsense): string => {
  switch (nonsense) {
    case 'garbage':
      return 'garbage\n'
    case 'half a line':
      return '{"type":"MODIF'
    case 'another kind':
      return `${JSON.stringify({ type: 'ADDED', object: { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x', resourceVersion: '999' } } })}\n`
  }
}

/** Waits for as long as a client has patience. */
const silence = ({ signal, quiet }: GetOptions, clock: Clock): Promise<never> =>
  new Promise((_, reject) => {
    const end = (why: ApiError): void => {
      alarm.cancel()
      signal.removeEventListener('abort', giveUp)
      reject(why)
    }
    const giveUp = (): void => {
      end(new ApiError('unreachable', 'given up'))
    }
    const alarm = clock.after(quiet, () => {
      end(new ApiError('silent', 'nothing was heard'))
    })
    signal.addEventListener('abort', giveUp)
  })
