import * as models from '@kubernetes/client-node'
import { isJsonObject, isList } from '../../lib/sandbox/json.js'

interface Field {
  readonly baseName: string
  readonly type: string
}

const isField = (value: unknown): value is Field => isJsonObject(value) && typeof value.type === 'string'

/** The fields that objects of a type have, as the client was generated from the API's OpenAPI; undefined: it has none. */
const fieldsOf = (type: string): readonly Field[] | undefined => {
  const model: unknown = Reflect.get(models, type)
  const map: unknown = typeof model === 'function' ? Reflect.get(model, 'attributeTypeMap') : undefined
  return isList(map) ? map.filter(isField) : undefined
}

const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  boolean: value => typeof value === 'boolean',
  number: value => typeof value === 'number',
  IntOrString: value => typeof value === 'string' || Number.isInteger(value),
}

/** All that is wrong with `value` as one of `type`, a line each. */
export const wrongWith = (value: unknown, type: string, where: string): readonly string[] => {
  const [, element] = /^Array<(.*)>$/.exec(type) ?? []
  if (element !== undefined)
    return isList(value)
      ? value.flatMap((each, index) => wrongWith(each, element, `${where}[${index}]`))
      : [`${where} is no list`]
  const [, inMap] = /^\{ \[key: string\]: (.*); \}$/.exec(type) ?? []
  if (inMap !== undefined)
    return isJsonObject(value)
      ? Object.entries(value).flatMap(([key, each]) => wrongWith(each, inMap, `${where}.${key}`))
      : [`${where} is no map`]
  const isRight = primitives[type]
  if (isRight) return isRight(value) ? [] : [`${where} is no ${type}`]
  const fields = fieldsOf(type)
  if (!fields || !isJsonObject(value)) return [`${where} is no ${type}`]
  return Object.entries(value).flatMap(([key, each]) => {
    const field = fields.find(({ baseName }) => baseName === key)
    return field
      ? wrongWith(each, field.type, `${where}.${key}`)
      : [`${where}.${key}: ${type} has no such field`]
  })
}
