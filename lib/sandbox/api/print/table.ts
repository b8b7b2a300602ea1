import type { ApiObject } from '../../api-object.js'
import type { Kind } from '../kinds.js'
import { columnsOf } from './columns.js'

/** What of each object goes along with its row. */
export type Included = 'None' | 'Metadata' | 'Object'

export const includedFrom = (text: string | null): Included =>
  text === 'None' || text === 'Object' ? text : 'Metadata'

export interface TableOptions {
  readonly kind: Kind
  readonly now: () => Date
  /** Of `meta.k8s.io`. */
  readonly version: string
  readonly include: Included
}

const included = (object: ApiObject, { include, version }: TableOptions): unknown => {
  switch (include) {
    case 'None':
      return null
    case 'Object':
      return object
    case 'Metadata':
      return {
        kind: 'PartialObjectMetadata',
        apiVersion: `meta.k8s.io/${version}`,
        metadata: object.metadata,
      }
  }
}

/** The objects as the table that kubectl prints. */
export const tableOf = (
  objects: readonly ApiObject[],
  { metadata, ...options }: TableOptions & { readonly metadata: Readonly<Record<string, unknown>> },
): Readonly<Record<string, unknown>> => {
  const columns = columnsOf(options.kind)
  const now = options.now()
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: columns.map(({ name, type = 'string', wide = false }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: wide ? 1 : 0,
    })),
    rows: objects.map(object => ({
      cells: columns.map(({ cell }) => cell(object, now)),
      object: included(object, options),
    })),
  }
}
