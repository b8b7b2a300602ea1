import type { Json } from './json.js'

/** A tree of which leaves are put in place by their paths, in this order. */
export type Tree<Leaf> = Map<string, Leaf | Tree<Leaf>>

export const isTree = <Leaf>(value: Leaf | Tree<Leaf>): value is Tree<Leaf> => value instanceof Map

/** The same leaves, by names within names: `a.b` is `b` in `a`. */
export const nested = <Leaf>(leaves: Iterable<readonly [path: string, leaf: Leaf]>): Tree<Leaf> => {
  const tree: Tree<Leaf> = new Map()
  for (const [path, leaf] of leaves) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let inner = tree
    for (const name of names) {
      const known = inner.get(name)
      const next: Tree<Leaf> = isTree(known) ? known : new Map<string, Leaf | Tree<Leaf>>()
      inner.set(name, next)
      inner = next
    }
    inner.set(last, leaf)
  }
  return tree
}

/** The tree as a JSON object. */
export const jsonOf = (tree: Tree<Json>): Readonly<Record<string, Json>> =>
  Object.fromEntries([...tree].map(([name, inner]) => [name, isTree(inner) ? jsonOf(inner) : inner]))
