import type { Finding } from './finding.js'

const words: Readonly<Record<Finding['state'], string>> = { well: 'ok', unwise: 'note', wrong: 'WRONG' }

/** The words of `text` in lines of at most `width` characters, longer words apart. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

const row = ({ what, state, text, cure }: Finding, width: number): string => {
  const beginning = `${words[state].padEnd(6)}${what.padEnd(15)}`
  const indent = ' '.repeat(beginning.length)
  const said = cure === undefined ? [text] : [text, `what to do: ${cure}`]
  const lines = said.flatMap(each => wrapped(each, width - beginning.length))
  return `${beginning}${lines.join(`\n${indent}`)}\n`
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** All findings as a table of `width` characters, and a verdict. */
export const reportText = (findings: readonly Finding[], width: number): string => {
  const wrong = findings.filter(({ state }) => state === 'wrong').length
  const unwise = findings.filter(({ state }) => state === 'unwise').length
  const noted = unwise === 0 ? '' : `, ${counted(unwise, 'note', 'notes')}`
  const verdict = wrong === 0 ? 'nothing is wrong' : `${counted(wrong, 'thing is', 'things are')} wrong`
  return `${findings.map(each => row(each, width)).join('')}\n${verdict}${noted}\n`
}
