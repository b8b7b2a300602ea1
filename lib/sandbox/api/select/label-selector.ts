import { errorText } from '../../../model/error-text.js'
import { labelSelector as read, type Requirement } from '../../../model/label-selector.js'
import { listAt, textAt, textMapAt, textsAt } from '../../json.js'
import { badRequest } from '../status-error.js'

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

/** Reads a selector as a query has it. Throws 400 when it is none. */
export const labelSelector = (text: string): readonly Requirement[] => {
  try {
    return read(text)
  } catch (error) {
    throw badRequest(errorText(error))
  }
}
