import type { ServiceStatus } from '../../control/status.js'

/** How many letters have to be put in, taken out or changed (Levenshtein). */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1]
    for (const [column, there] of Array.from(other).entries())
      next.push(
        Math.min(
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
          (row[column] ?? 0) + Number(letter !== there),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}

export interface Surroundings {
  readonly services: readonly ServiceStatus[]
  readonly namespace: string | undefined
}

/** What to do about a name that there is not: the same name elsewhere, else up to three that are nearly the same. */
export const similar = (name: string, { services, namespace }: Surroundings): string => {
  const elsewhere = services.filter(each => each.name === name && each.namespace !== namespace)
  if (elsewhere.length > 0)
    return `it is in namespace ${elsewhere.map(each => each.namespace).join(', ')}: use -n`
  const near = [...new Set(services.map(each => each.name))]
    .map(each => ({ each, far: distance(name, each) }))
    .filter(({ each, far }) => far <= Math.max(2, name.length / 3) || each.includes(name))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ each }) => each)
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : 'kube-portal status shows all that there are'
}
