import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../../json.js'

interface Order {
  /** The elements, or only their merge keys, in the order that is wanted. */
  readonly wanted: readonly unknown[]
  /** The list before the patch. */
  readonly before: readonly unknown[]
  /** The merge key; undefined for lists of plain values. */
  readonly key: string | undefined
}

/**
 * `list` in the order of `wanted`. Elements that are not wanted in a place go before those that they preceded in
 * `before`, otherwise to the end; so what a patch adds comes first, as the API server has it.
 */
export const inOrder = (list: readonly unknown[], { wanted, before, key }: Order): readonly unknown[] => {
  const identity = (element: unknown): unknown =>
    key !== undefined && isJsonObject(element) ? element[key] : element
  const placeIn = (elements: readonly unknown[], element: unknown): number =>
    elements.findIndex(other => isDeepStrictEqual(identity(other), identity(element)))
  const sorted = (elements: readonly unknown[], order: readonly unknown[]): unknown[] =>
    elements.toSorted((one, other) => placeIn(order, one) - placeIn(order, other))
  const named = list.filter(element => placeIn(wanted, element) >= 0)
  const others = sorted(
    list.filter(element => placeIn(wanted, element) < 0),
    before,
  )
  return [
    ...sorted(named, wanted).flatMap(element => {
      const place = placeIn(before, element)
      const later = others.findIndex(other => placeIn(before, other) >= place)
      return [...others.splice(0, later < 0 ? others.length : later), element]
    }),
    ...others,
  ]
}
