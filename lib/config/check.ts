import { Ajv, type ErrorObject } from 'ajv'
import type { ParsedDocument, Way } from './documents.js'
import { elementOf, expected } from './expected.js'
import type { Field, Kind } from './field.js'
import type { Mistake } from './mistake.js'
import { configurationSchema } from './schema.js'
import { unknownField } from './unknown-field.js'

/** What a document has that cannot be meant. */
export interface Findings {
  readonly mistakes: readonly Mistake[]
  /** The fields whose values are among these. */
  readonly wrong: ReadonlySet<Field>
}

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true })
ajv.addSchema(configurationSchema, 'configuration')

/** Nobody reads more mistakes, and to find their places takes time. */
export const most = 100

const wayOf = (pointer: string): Way =>
  pointer
    .split('/')
    .slice(1)
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))

/** As people write it: `nodePortAddresses[0]`. */
const pathOf = (way: Way): string =>
  way
    .map(name => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '')

/** The field that is there, or that has an element there. */
const fieldAt = (fields: readonly Field[], way: Way): Field | undefined =>
  fields.find(({ path }) => `${way.join('.')}.`.startsWith(`${path}.`))

const surplusOf = ({ params }: ErrorObject): string | undefined => {
  const found: unknown = params.additionalProperty
  return typeof found === 'string' ? found : undefined
}

/** Holds a document against the schema of its kind. */
export const check = (document: ParsedDocument, { kind, fields }: Kind): Findings => {
  const validate = ajv.getSchema(`configuration#/definitions/${kind}`)
  if (!validate) throw new Error(`no schema of ${kind}`)
  void validate(document.value)
  const wrong = new Set<Field>()
  const mistakes = new Map<string, Mistake>()
  for (const error of validate.errors?.slice(0, most) ?? []) {
    const at = wayOf(error.instancePath)
    const surplus = surplusOf(error)
    const way = surplus === undefined ? at : [...at, surplus]
    const path = pathOf(way)
    if (surplus !== undefined) {
      mistakes.set(path, { ...document.placeOfName(way), path, text: unknownField(way, fields) })
      continue
    }
    const field = fieldAt(fields, way)
    if (field) wrong.add(field)
    const isElement = field && field.path.split('.').length < way.length
    const type = isElement ? elementOf(field.type) : field?.type
    mistakes.set(path, { ...document.placeOf(way), path, text: expected(type, error.data) })
  }
  return { mistakes: [...mistakes.values()], wrong }
}
