import type { ApiObject } from '../../api-object.js'
import type { ObjectChange } from '../../objects.js'
import { isJsonObject, listAt, objectAt, textAt } from '../../json.js'

/** What was recorded of one resource: a list, and what a watch told afterwards. */
export interface Recording {
  /** The resourceVersion of the list. */
  readonly version: number
  readonly items: readonly ApiObject[]
  readonly changes: readonly { readonly type: ObjectChange['type']; readonly object: ApiObject }[]
}

const objectFrom = (value: unknown): ApiObject => {
  if (!isJsonObject(value)) throw new TypeError('what was recorded is no object')
  const metadata = objectAt(value, 'metadata')
  return { ...value, metadata: { ...metadata, name: textAt(metadata, 'name') } }
}

const types: readonly ObjectChange['type'][] = ['ADDED', 'MODIFIED', 'DELETED']

/** Reads a list as JSON, and the lines of a watch; what is no change (bookmarks, errors) is left out. */
export const readRecording = (listText: string, watchText: string): Recording => {
  const list: unknown = JSON.parse(listText)
  const lines = watchText.split('\n').filter(line => line.trim() !== '')
  return {
    version: Number(textAt(list, 'metadata', 'resourceVersion')),
    items: listAt(list, 'items').map(objectFrom),
    changes: lines.flatMap(line => {
      const event: unknown = JSON.parse(line)
      const type = types.find(known => known === textAt(event, 'type'))
      return type ? [{ type, object: objectFrom(objectAt(event, 'object')) }] : []
    }),
  }
}
