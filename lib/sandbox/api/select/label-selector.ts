import { listAt, textAt, textMapAt, textsAt } from '../../json.js'
import { badRequest } from '../status-error.js'

/** One condition on a label. `values` is empty where only the key counts. */
export interface Requirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

type Labels = Readonly<Record<string, string>>

const holds = ({ key, operator, values }: Requirement, labels: Labels): boolean => {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
  }
}

export const matches = (requirements: readonly Requirement[], labels: Labels): boolean =>
  requirements.every(requirement => holds(requirement, labels))

const operators: readonly Requirement['operator'][] = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** A selector as objects have it: `matchLabels` and `matchExpressions`. */
export const selectorOf = (selector: unknown): readonly Requirement[] => [
  ...Object.entries(textMapAt(selector, 'matchLabels')).map(([key, value]): Requirement => ({
    key,
    operator: 'In',
    values: [value],
  })),
  ...listAt(selector, 'matchExpressions').flatMap((expression): Requirement[] => {
    const operator = operators.find(name => name === textAt(expression, 'operator'))
    return operator
      ? [{ key: textAt(expression, 'key'), operator, values: textsAt(expression, 'values') }]
      : []
  }),
]

// A comma inside parentheses belongs to a set of values.
const parts = (text: string): readonly string[] => text.split(/,(?![^(]*\))/).map(part => part.trim())

const values = (text: string): readonly string[] => text.split(',').map(value => value.trim())

const read = (part: string): Requirement => {
  const set = /^([^\s!=(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part)
  if (set) {
    const [, key = '', word, listed = ''] = set
    return { key, operator: word === 'in' ? 'In' : 'NotIn', values: values(listed) }
  }
  const equality = /^([^\s!=(),]+)\s*(==|=|!=)\s*([^\s!=(),]*)$/.exec(part)
  if (equality) {
    const [, key = '', sign, value = ''] = equality
    return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] }
  }
  const existence = /^(!?)\s*([^\s!=(),]+)$/.exec(part)
  if (existence) {
    const [, not, key = ''] = existence
    return { key, operator: not === '!' ? 'DoesNotExist' : 'Exists', values: [] }
  }
  throw badRequest(`unable to parse requirement: found ${JSON.stringify(part)}, expected: a label selector`)
}

/** Reads `app=web,tier!=db,zone in (a, b),!beta`. Throws 400 when it is none. */
export const labelSelector = (text: string): readonly Requirement[] =>
  text.trim() === '' ? [] : parts(text).map(read)
