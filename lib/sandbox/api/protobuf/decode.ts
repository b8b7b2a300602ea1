import { timestamp } from '../time.js'
import { isJsonObject, isList, type JsonObject } from '../../json.js'
import { fieldsOf, type WireField } from './message.js'
import type { Fields, Shape } from './shape.js'

const fieldIn = (bytes: Buffer, number: number): WireField | undefined =>
  fieldsOf(bytes).find(field => field.number === number)

const numberIn = (field: WireField | undefined): number =>
  field?.kind === 'varint' ? Number(BigInt.asIntN(64, field.value)) : 0

const textIn = (field: WireField | undefined): string =>
  field?.kind === 'bytes' ? field.value.toString() : ''

const entry = (bytes: Buffer): readonly [string, string] => [
  textIn(fieldIn(bytes, 1)),
  textIn(fieldIn(bytes, 2)),
]

const valueOf = (field: WireField, shape: Shape): unknown => {
  const bytes = field.kind === 'bytes' ? field.value : Buffer.alloc(0)
  switch (shape.kind) {
    case 'text':
      return textIn(field)
    case 'number':
      return numberIn(field) === 0 && shape.zero === 'absent' ? undefined : numberIn(field)
    case 'yes or no':
      return numberIn(field) === 0 && shape.zero === 'absent' ? undefined : numberIn(field) !== 0
    case 'moment':
      return bytes.length === 0 ? undefined : timestamp(new Date(numberIn(fieldIn(bytes, 1)) * 1000))
    case 'number or text':
      return numberIn(fieldIn(bytes, 1)) === 0 ? numberIn(fieldIn(bytes, 2)) : textIn(fieldIn(bytes, 3))
    case 'texts by text':
      return Object.fromEntries([entry(bytes)])
    case 'message':
      return decodeMessage(bytes, shape.fields)
    case 'list':
      return [valueOf(field, shape.of)]
  }
}

const joined = (before: unknown, value: unknown, { kind }: Shape): unknown => {
  if (kind === 'list' && isList(before) && isList(value)) return [...before, ...value]
  return kind === 'texts by text' && isJsonObject(before) && isJsonObject(value)
    ? { ...before, ...value }
    : value
}

/** A message as the JSON it stands for. Fields that `fields` does not know are left out, and so is what is empty. */
export const decodeMessage = (bytes: Buffer, fields: Fields): JsonObject => {
  const object: Record<string, unknown> = {}
  for (const field of fieldsOf(bytes)) {
    const [name, shape] = fields[field.number] ?? []
    if (name === undefined || shape === undefined) continue
    const value = valueOf(field, shape)
    if (value !== '' && value !== undefined) object[name] = joined(object[name], value, shape)
  }
  return object
}
