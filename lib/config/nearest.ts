import { editDistance } from '../model/edit-distance.js'

/** What may have been meant by `word`: the nearest of `words`, where a slip of the fingers or of the Shift key explains the rest. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const most = Math.max(1, Math.floor(word.length / 4))
  const ranked = words
    .map(each => ({ each, apart: editDistance(word.toLowerCase().slice(0, 64), each.toLowerCase()) }))
    .filter(({ apart }) => apart <= most)
    .sort((one, other) => one.apart - other.apart)
  return ranked[0]?.each
}
