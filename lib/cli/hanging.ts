/** The words in lines that are no longer than `most`, unless a word is. */
const wrapped = (text: string, most: number): readonly string[] =>
  text.split(' ').reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + 1 + word.length > most
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])

/** Texts after `head`, each beginning a line, and all lines after the first below each other; at most `width` columns, unless a word is longer. */
export const hanging = (head: string, texts: readonly string[], width: number): string =>
  texts
    .flatMap(text => wrapped(text, width - head.length))
    .map((line, at) => `${at === 0 ? head : ' '.repeat(head.length)}${line}\n`)
    .join('')
