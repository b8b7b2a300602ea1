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
  throw new RangeError(
    `unable to parse requirement: found ${JSON.stringify(part)}, expected: a label selector`,
  )
}

/** Reads `app=web,tier!=db,zone in (a, b),!beta`. Throws RangeError when it is none. */
export const labelSelector = (text: string): readonly Requirement[] =>
  text.trim() === '' ? [] : parts(text).map(read)
