import { type Field, type FieldType, isApplied, type Kind } from './field.js'
import type { Json } from './json.js'
import { kinds, kubePortal, kubeProxy } from './kinds.js'
import { isTree, nested, type Tree } from './nested.js'

/** How Go writes a span of time; '': the default. */
const durations = '^(0|([0-9]+([.][0-9]+)?(ns|us|µs|ms|s|m|h))+)?$'

const isWords = (type: FieldType): type is readonly string[] => typeof type !== 'string'

const shapeOf = (type: FieldType): Readonly<Record<string, Json>> => {
  // What is absent in one program's file is '' or null in another's, which writes all there is.
  if (isWords(type)) return { enum: [...type, '', null] }
  switch (type) {
    case 'text':
      return { type: ['string', 'null'] }
    case 'texts':
      return { type: ['array', 'null'], items: { type: 'string' } }
    case 'duration':
      return { type: ['string', 'null'], pattern: durations }
    case 'span':
    case 'size':
      return { type: ['string', 'integer', 'null'] }
    case 'integer':
    case 'number':
      return { type: [type, 'null'] }
    case 'flag':
      return { type: ['boolean', 'null'] }
    case 'flags':
      return { type: ['object', 'null'], additionalProperties: { type: 'boolean' } }
    case 'list':
      return { type: ['array', 'null'], items: { type: 'object' } }
  }
}

const schemaOf = (inner: Field | Tree<Field>): Json => {
  if (isTree(inner))
    return { type: ['object', 'null'], properties: propertiesOf(inner), additionalProperties: false }
  const description = isApplied(inner) ? inner.about : `not applied: ${inner.why}`
  return { description, ...shapeOf(inner.type) }
}

const propertiesOf = (tree: Tree<Field>): Readonly<Record<string, Json>> =>
  Object.fromEntries([...tree].map(([name, inner]) => [name, schemaOf(inner)]))

const kindSchema = ({ kind, apiVersion, fields }: Kind): Json => ({
  type: 'object',
  required: ['apiVersion', 'kind'],
  properties: {
    apiVersion: { const: apiVersion },
    kind: { const: kind },
    ...propertiesOf(nested(fields.map(field => [field.path, field]))),
  },
  additionalProperties: false,
})

const named = ({ kind }: Kind): Json => ({ $ref: `#/definitions/${kind}` })

/** The JSON schema (draft 7) of each document of a configuration file: what is published, and what `readConfiguration` goes by. */
export const configurationSchema: Readonly<Record<string, Json>> = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A document of a configuration file of kube-portal',
  if: { type: 'object', properties: { kind: { const: kubeProxy.kind } } },
  then: named(kubeProxy),
  else: named(kubePortal),
  definitions: Object.fromEntries(kinds.map(kind => [kind.kind, kindSchema(kind)])),
}

/** The same as a file. */
export const schemaText = `${JSON.stringify(configurationSchema, undefined, 2)}\n`
