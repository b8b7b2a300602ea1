import { seconds } from '../model/milliseconds.js'
import { ApiError, refusalError } from './api-error.js'
import { type ApiKind, pathOf } from './api-kind.js'
import { parsed, wholeText } from './body.js'
import { listItems } from './list-items.js'
import { field, text } from './raw.js'
import type { Answer, Transport } from './transport.js'

/** All objects of a kind at one version. */
export interface WholeList<Value> {
  readonly version: string
  readonly items: readonly Value[]
}

export interface ListOptions<Value> {
  /** Takes from an object what is worth keeping; called while the list still arrives. */
  readonly read: (item: unknown) => Value
  readonly transport: Transport
  /** `'0'`: whatever the server has at hand. `''`: the newest there is. Any other: at least as new as that. */
  readonly version: string
  /** `one`: without pages, as the server forgets them faster than we can ask for them. */
  readonly pages: 'many' | 'one'
  /** Called when a page expired under way: the next list had better be without. */
  readonly expired: () => void
  readonly signal: AbortSignal
}

const pageSize = 500
const mostPages = 1000
const quiet = seconds(40)

interface Page<Value> extends WholeList<Value> {
  readonly next: string | undefined
}

/** What a server that refuses says, as an error. */
export const refusalIn = async (answer: Answer): Promise<ApiError> => {
  const said = await wholeText(answer.body)
  let status: unknown
  try {
    status = parsed(said)
  } catch {
    // A load balancer's page, not a `Status`.
    status = { message: said.trim().split('\n')[0]?.slice(0, 200) }
  }
  return refusalError({ code: answer.status, status, retryAfter: answer.retryAfter })
}

const readPage = async <Value>(
  kind: ApiKind,
  body: AsyncIterable<Uint8Array>,
  read: ListOptions<Value>['read'],
): Promise<Page<Value>> => {
  const items: Value[] = []
  const arriving = listItems(body)
  let next = await arriving.next()
  for (; next.done !== true; next = await arriving.next()) {
    if (text(field(next.value, 'metadata', 'name')) === undefined)
      throw new ApiError('garbage', `the server sent a ${kind.kind}List with an item that has no name`)
    items.push(read(next.value))
  }
  const page = next.value
  const version = text(field(page, 'metadata', 'resourceVersion'))
  if (field(page, 'kind') !== `${kind.kind}List` || version === undefined || version === '')
    throw new ApiError('garbage', `the server sent what is no ${kind.kind}List`)
  const more = text(field(page, 'metadata', 'continue'))
  return { version, items, next: more === '' ? undefined : more }
}

type Query = Readonly<Record<string, string>>

const getPage = async <Value>(
  kind: ApiKind,
  query: Query,
  options: ListOptions<Value>,
): Promise<Page<Value>> => {
  const { transport, signal } = options
  const answer = await transport.get(pathOf(kind, query), { signal, quiet })
  if (answer.status !== 200) throw await refusalIn(answer)
  return readPage(kind, answer.body, options.read)
}

const isExpired = (error: unknown): boolean => error instanceof ApiError && error.trouble === 'expired'

const pagesAfter = async <Value>(
  kind: ApiKind,
  first: Page<Value>,
  options: ListOptions<Value>,
): Promise<WholeList<Value>> => {
  const items = [...first.items]
  let page = first
  for (let pages = 1; page.next !== undefined; pages++) {
    if (pages > mostPages) throw new ApiError('garbage', `the server sent a list of more than ${pages} pages`)
    const former = page.next
    page = await getPage(kind, { limit: String(pageSize), continue: former }, options)
    if (page.next === former || (page.next !== undefined && page.items.length === 0))
      throw new ApiError('garbage', `the server sent a page of a ${kind.kind}List that leads nowhere`)
    for (const item of page.items) items.push(item)
  }
  return { version: page.version, items }
}

/**
 * Lists all objects of `kind`, in pages where that helps. A page that expired under way makes it one list without
 * pages. Rejects with an `ApiError`.
 */
export const wholeList = async <Value>(
  kind: ApiKind,
  options: ListOptions<Value>,
): Promise<WholeList<Value>> => {
  const { version, pages, expired } = options
  const query = {
    ...(version !== '' && { resourceVersion: version }),
    // The server's cache answers "at least as new as" only without a limit; with one, etcd has to.
    ...(pages === 'many' && (version === '' || version === '0') && { limit: String(pageSize) }),
  }
  const first = await getPage(kind, query, options)
  try {
    return await pagesAfter(kind, first, options)
  } catch (error) {
    if (!isExpired(error)) throw error
    expired()
    return pagesAfter(kind, await getPage(kind, {}, options), options)
  }
}
