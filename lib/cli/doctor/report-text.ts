import { hanging } from '../hanging.js'
import type { Finding } from './finding.js'

const words: Readonly<Record<Finding['state'], string>> = { well: 'ok', unwise: 'note', wrong: 'WRONG' }

const row = ({ what, state, text, cure }: Finding, width: number): string =>
  hanging(
    `${words[state].padEnd(6)}${what.padEnd(15)}`,
    cure === undefined ? [text] : [text, `what to do: ${cure}`],
    width,
  )

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** All findings as a table of `width` characters, and a verdict. */
export const reportText = (findings: readonly Finding[], width: number): string => {
  const wrong = findings.filter(({ state }) => state === 'wrong').length
  const unwise = findings.filter(({ state }) => state === 'unwise').length
  const noted = unwise === 0 ? '' : `, ${counted(unwise, 'note', 'notes')}`
  const verdict = wrong === 0 ? 'nothing is wrong' : `${counted(wrong, 'thing is', 'things are')} wrong`
  return `${findings.map(each => row(each, width)).join('')}\n${verdict}${noted}\n`
}
