import { seconds } from '../model/milliseconds.js'
import { ApiError, refusalError } from './api-error.js'
import { type ApiKind, pathOf } from './api-kind.js'
import { parsed, wholeText } from './body.js'
import { field, list, text } from './raw.js'
import type { Answer, Transport } from './transport.js'

/** All objects of a kind at one version. */
export interface WholeList {
  readonly version: string
  readonly items: readonly unknown[]
}

export interface ListOptions {
  readonly transport: Transport
  /** `'0'`: whatever the server has at hand. `''`: the newest there is. Any other: at least as new as that. */
  readonly version: string
  readonly signal: AbortSignal
}

const pageSize = 500
const mostPages = 10_000
const quiet = seconds(40)

interface Page extends WholeList {
  readonly next: string | undefined
}

/** What a server that refuses says, as an error. */
export const refusalIn = async (answer: Answer): Promise<ApiError> => {
  const said = await wholeText(answer.body, 1024 * 1024)
  let status: unknown
  try {
    status = parsed(said)
  } catch {
    // A load balancer's page, not a `Status`.
    status = { message: said.trim().split('\n')[0]?.slice(0, 200) }
  }
  return refusalError({ code: answer.status, status, retryAfter: answer.retryAfter })
}

const readPage = (kind: ApiKind, body: string): Page => {
  const page = parsed(body)
  const version = text(field(page, 'metadata', 'resourceVersion'))
  if (field(page, 'kind') !== `${kind.kind}List` || version === undefined || version === '')
    throw new ApiError('garbage', `the server sent what is no ${kind.kind}List`)
  const items = list(field(page, 'items'))
  if (items.some(item => text(field(item, 'metadata', 'name')) === undefined))
    throw new ApiError('garbage', `the server sent a ${kind.kind}List with an item that has no name`)
  const next = text(field(page, 'metadata', 'continue'))
  return { version, items, next: next === '' ? undefined : next }
}

type Query = Readonly<Record<string, string>>

const getPage = async (kind: ApiKind, query: Query, options: ListOptions): Promise<Page> => {
  const { transport, signal } = options
  const answer = await transport.get(pathOf(kind, query), { signal, quiet })
  if (answer.status !== 200) throw await refusalIn(answer)
  return readPage(kind, await wholeText(answer.body))
}

const isExpired = (error: unknown): boolean => error instanceof ApiError && error.trouble === 'expired'

const pagesAfter = async (kind: ApiKind, first: Page, options: ListOptions): Promise<WholeList> => {
  const items = [...first.items]
  let page = first
  for (let pages = 1; page.next !== undefined; pages++) {
    if (pages > mostPages) throw new ApiError('garbage', `the server sent a list of more than ${pages} pages`)
    page = await getPage(kind, { limit: String(pageSize), continue: page.next }, options)
    for (const item of page.items) items.push(item)
  }
  return { version: page.version, items }
}

/**
 * Lists all objects of `kind`, in pages where that helps. A page that expired under way makes it one list without
 * pages. Rejects with an `ApiError`.
 */
export const wholeList = async (kind: ApiKind, options: ListOptions): Promise<WholeList> => {
  const { version } = options
  const query = {
    ...(version !== '' && { resourceVersion: version }),
    // The server's cache answers "at least as new as" only without a limit; with one, etcd has to.
    ...((version === '' || version === '0') && { limit: String(pageSize) }),
  }
  const first = await getPage(kind, query, options)
  try {
    return await pagesAfter(kind, first, options)
  } catch (error) {
    if (!isExpired(error)) throw error
    return pagesAfter(kind, await getPage(kind, {}, options), options)
  }
}
