import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import { ApiError, refusalError } from './api-error.js'
import { type ApiKind, pathOf } from './api-kind.js'
import { linesOf, parsed } from './body.js'
import { field, isRaw, type Raw, text } from './raw.js'
import type { Transport } from './transport.js'
import { refusalIn } from './whole-list.js'

/** What one line of a watch says. Every one of them moves the version. */
export type WatchEvent =
  | { readonly type: 'put' | 'delete'; readonly version: string; readonly object: Raw }
  | { readonly type: 'bookmark'; readonly version: string }

const types: Readonly<Record<string, WatchEvent['type']>> = {
  ADDED: 'put',
  MODIFIED: 'put',
  DELETED: 'delete',
  BOOKMARK: 'bookmark',
}

const garbage = (line: string): ApiError =>
  new ApiError('garbage', `the server sent what is no watch event: ${JSON.stringify(line.slice(0, 80))}`)

/** Reads a line. Throws an `ApiError` when it is none for this `kind`, or says that the watch is over. */
export const watchEvent = (kind: ApiKind, line: string): WatchEvent => {
  const event = parsed(line)
  const object = field(event, 'object')
  const said = text(field(event, 'type')) ?? ''
  if (said === 'ERROR') {
    const code = field(object, 'code')
    throw refusalError({ code: typeof code === 'number' ? code : 500, status: object })
  }
  const type = Object.hasOwn(types, said) ? types[said] : undefined
  const version = text(field(object, 'metadata', 'resourceVersion'))
  if (type === undefined || !isRaw(object) || version === undefined || version === '') throw garbage(line)
  if (field(object, 'kind') !== kind.kind || field(object, 'apiVersion') !== kind.apiVersion)
    throw garbage(line)
  if (type === 'bookmark') return { type, version }
  if (text(field(object, 'metadata', 'name')) === undefined) throw garbage(line)
  return { type, version, object }
}

export interface WatchOptions {
  readonly transport: Transport
  /** What happened after this one is told. */
  readonly version: string
  /** When the server is to end the watch. */
  readonly timeout: Milliseconds
  readonly signal: AbortSignal
}

/** What happens to objects of `kind`, until the server ends the watch. Rejects with an `ApiError`. */
export async function* watchEvents(
  kind: ApiKind,
  { transport, version, timeout, signal }: WatchOptions,
): AsyncGenerator<WatchEvent, void> {
  const path = pathOf(kind, {
    ...{ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: version },
    timeoutSeconds: String(timeout / 1000),
  })
  const answer = await transport.get(path, { signal, quiet: milliseconds(timeout + 5000) })
  if (answer.status !== 200) throw await refusalIn(answer)
  for await (const line of linesOf(answer.body)) yield watchEvent(kind, line)
}
