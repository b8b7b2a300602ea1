import type { ApiObject } from '../../api-object.js'

/** Where an object is kept. Lists are in the order of these keys. */
export const key = (namespace: string, name: string): string => `${namespace}/${name}`

export const keyOf = ({ metadata }: ApiObject): string => key(metadata.namespace ?? '', metadata.name)

/** Bytewise, as etcd has it: the locale has no say. */
export const byKey = (one: ApiObject, other: ApiObject): number => {
  const [first, second] = [keyOf(one), keyOf(other)]
  return first < second ? -1 : Number(first > second)
}
