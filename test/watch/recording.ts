import { readFileSync } from 'node:fs'
import { type ApiKind, endpointSlices, nodeCalled, services } from '../../lib/watch/api-kind.js'
import { keyOf } from '../../lib/watch/followed.js'
import { field, isRaw, list } from '../../lib/watch/raw.js'

const folder = 'test/recordings/kubernetes-1.36'

/** What a real API server sent for one kind. */
export interface Recording {
  readonly kind: ApiKind
  /** The list before the changes, as it was sent. */
  readonly list: string
  /** The watch that followed, its lines with their newlines. */
  readonly lines: readonly string[]
  /** The items of the list after the changes, by key. */
  readonly final: ReadonlyMap<string, unknown>
}

const read = (kind: ApiKind, part: string): string =>
  readFileSync(`${folder}/${kind.resource}.${part}`, 'utf8')

/** A list's item, or a watch's object without the kind that only watches tell. */
export const bare = (object: unknown): unknown =>
  isRaw(object)
    ? Object.fromEntries(Object.entries(object).filter(([name]) => name !== 'kind' && name !== 'apiVersion'))
    : object

export const itemsOf = (text: string): ReadonlyMap<string, unknown> =>
  new Map(list(field(JSON.parse(text), 'items')).map(item => [keyOf(item), item] as const))

export const recordings: readonly Recording[] = [services, endpointSlices, nodeCalled('kind-worker')].map(
  kind => ({
    kind,
    list: read(kind, 'list.json'),
    lines: read(kind, 'watch.jsonl')
      .split('\n')
      .filter(line => line !== '')
      .map(line => `${line}\n`),
    final: itemsOf(read(kind, 'final.json')),
  }),
)
