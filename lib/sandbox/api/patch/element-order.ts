import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../json.js'

interface Order {
  /** The elements, or only their merge keys, in the order that is wanted. */
  readonly wanted: readonly unknown[]
  /** The list before the patch: what is not wanted in a place stays behind what it followed there. */
  readonly before: readonly unknown[]
  /** The merge key; undefined for lists of plain values. */
  readonly key: string | undefined
}

/** `list` in the order that `$setElementOrder` asks for. */
export const inOrder = (list: readonly unknown[], { wanted, before, key }: Order): readonly unknown[] => {
  const identity = (element: unknown): unknown =>
    key !== undefined && isJsonObject(element) ? element[key] : element
  const placeIn = (elements: readonly unknown[], element: unknown): number =>
    elements.findIndex(other => isDeepStrictEqual(identity(other), identity(element)))
  const named = list.filter(element => placeIn(wanted, element) >= 0)
  const others = list.filter(element => placeIn(wanted, element) < 0)
  const sorted = named.toSorted((one, other) => placeIn(wanted, one) - placeIn(wanted, other))
  return others.reduce<readonly unknown[]>((ordered, element) => {
    const place = placeIn(before, element)
    const previous = place > 0 ? placeIn(ordered, before[place - 1]) : -1
    return ordered.toSpliced(place < 0 ? ordered.length : previous + 1, 0, element)
  }, sorted)
}
