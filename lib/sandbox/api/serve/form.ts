import type { Kind } from '../kinds.js'
import type { ApiObject } from '../../api-object.js'
import { includedFrom, tableOf, type TableOptions } from '../print/table.js'
import { type ObjectList, withoutTypes } from '../verbs/list.js'
import type { WatchEvent } from '../verbs/watch-event.js'

type Document = Readonly<Record<string, unknown>>

/** How answers look: as objects, or as the table that kubectl prints. */
export interface Form {
  list(list: ObjectList): Document
  object(object: ApiObject): Document
  /** What makes a line of each event of one watch. */
  events(): (event: WatchEvent) => Document
}

const plain: Form = {
  list: withoutTypes,
  object: object => object,
  events: () => event => ({ ...event }),
}

const tables = (options: TableOptions): Form => ({
  list: ({ items, metadata }) => tableOf(items, { ...options, metadata }),
  object: object =>
    tableOf([object], { ...options, metadata: { resourceVersion: object.metadata.resourceVersion } }),
  events: () => {
    let headed = false
    return event => {
      if (event.type === 'ERROR') return { ...event }
      const rows = event.type === 'BOOKMARK' ? [] : [event.object]
      const metadata = { resourceVersion: event.object.metadata.resourceVersion }
      const { columnDefinitions, ...table } = tableOf(rows, { ...options, metadata })
      // Only the first event says what the columns are.
      const object = headed ? table : { ...table, columnDefinitions }
      headed = true
      return { type: event.type, object }
    }
  },
})

const tableType = /^application\/json;(?=.*\bas=Table\b)(?=.*\bg=meta\.k8s\.io\b).*\bv=(v1|v1beta1)\b/

/** The first form in `accept` that we have. */
export const formFor = (
  accept: string,
  { kind, query, now }: { readonly kind: Kind; readonly query: URLSearchParams; readonly now: () => Date },
): Form => {
  for (const type of accept.split(',').map(part => part.replaceAll(' ', ''))) {
    const [, version] = tableType.exec(type) ?? []
    if (version !== undefined)
      return tables({ kind, now, version, include: includedFrom(query.get('includeObject')) })
    if (type === 'application/json') return plain
  }
  return plain
}
