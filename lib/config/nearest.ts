/** How many letters have to be added, left out or changed. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of one.split('').entries()) {
    const next = [index + 1]
    for (const [at, against] of other.split('').entries()) {
      const changed = (row[at] ?? 0) + (letter === against ? 0 : 1)
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** What may have been meant by `word`: the nearest of `words`, where a slip of the fingers or of the Shift key explains the rest. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const most = Math.max(1, Math.floor(word.length / 4))
  const ranked = words
    .map(each => ({ each, apart: distance(word.toLowerCase().slice(0, 64), each.toLowerCase()) }))
    .filter(({ apart }) => apart <= most)
    .sort((one, other) => one.apart - other.apart)
  return ranked[0]?.each
}
