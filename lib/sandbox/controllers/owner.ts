import type { ApiObject } from '../api-object.js'
import { type JsonObject, listAt, textAt } from '../json.js'

/** What an object carries that `owner` made and looks after. */
export const ownerReference = ({ apiVersion, kind, metadata }: ApiObject): JsonObject => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** The uids of all that have to be there for `object` to stay. */
export const ownersOf = (object: ApiObject): readonly string[] =>
  listAt(object, 'metadata', 'ownerReferences').map(owner => textAt(owner, 'uid'))

export const isOwnedBy = (object: ApiObject, owner: ApiObject): boolean =>
  ownersOf(object).includes(owner.metadata.uid ?? '')

/** The name of the owner of this kind, in the object's namespace. */
export const ownerName = (object: ApiObject, kind: string): string | undefined => {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(owner => textAt(owner, 'kind') === kind)
  return owner === undefined ? undefined : textAt(owner, 'name')
}
