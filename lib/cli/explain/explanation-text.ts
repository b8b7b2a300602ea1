import { hanging } from '../hanging.js'
import type { Finding } from './finding.js'

export interface Explanation {
  /** What is explained, as a heading. */
  readonly subject: string
  /** In the order of a client's way. */
  readonly findings: readonly Finding[]
}

/** What most terminals have. */
const width = 80

const marks = { well: 'ok', note: '--', problem: '!!' } as const

const block = (head: string, text: string): string => hanging(head, [text], width)

const findingText = ({ stage, state, text }: Finding): string =>
  block(`${marks[state]}  ${stage.padEnd(8)}  `, text)

/** The first problem on the way: what comes after it may well follow from it. */
export const firstProblem = (
  findings: readonly Finding[],
): Extract<Finding, { readonly state: 'problem' }> | undefined =>
  findings.find(each => each.state === 'problem')

const verdictText = (findings: readonly Finding[]): string => {
  const first = firstProblem(findings)
  if (!first) return block('verdict: ', 'a new client is served')
  return block('verdict: ', first.text) + block('what to do: ', first.fix)
}

/** The explanation in lines of at most 80 columns, with the verdict at the end. */
export const explanationText = ({ subject, findings }: Explanation): string =>
  `${subject}\n\n${findings.map(findingText).join('')}\n${verdictText(findings)}`
