import type { ApiObject } from '../../api-object.js'
import { required, when, wrong } from './causes.js'
import { textMapAt } from '../../json.js'
import type { Kind } from '../kinds.js'
import type { Cause } from '../status-error.js'

interface Rule {
  readonly pattern: RegExp
  readonly length: number
  readonly why: string
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** RFC 1123 and 1035, in the words of the API server. */
export const nameRules: Readonly<Record<Kind['names'], Rule>> = {
  subdomain: {
    pattern: new RegExp(`^${label}(\\.${label})*$`),
    length: 253,
    why:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
      `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${label}(\\.${label})*')`,
  },
  label: {
    pattern: new RegExp(`^${label}$`),
    length: 63,
    why:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
      `with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  },
  service: {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    length: 63,
    why:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
      "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
      "'[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
}

/** What is wrong with `value` as a name, if anything. */
export const nameCauses = (field: string, value: string, rule: Rule): readonly Cause[] => [
  ...when(!rule.pattern.test(value), () => wrong(field, value, rule.why)),
  ...when(value.length > rule.length, () =>
    wrong(field, value, `must be no more than ${rule.length} characters`),
  ),
]

const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/
const labelKey = /^([a-z0-9][-a-z0-9.]*\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/

const labelCauses = (object: ApiObject): readonly Cause[] =>
  Object.entries(textMapAt(object, 'metadata', 'labels')).flatMap(([key, value]) => [
    ...when(!labelKey.test(key), () =>
      wrong(
        'metadata.labels',
        key,
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
          "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
          "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ),
    ),
    ...when(!labelValue.test(value) || value.length > 63, () =>
      wrong(
        'metadata.labels',
        value,
        'a valid label must be an empty string or consist of alphanumeric characters, ' +
          "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  " +
          "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ),
    ),
  ])

/** What is wrong with the object's name and labels. */
export const metadataCauses = (kind: Kind, object: ApiObject): readonly Cause[] => {
  const { name } = object.metadata
  if (name === '') return [required('metadata.name', 'name or generateName is required')]
  return [...nameCauses('metadata.name', name, nameRules[kind.names]), ...labelCauses(object)]
}
