/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

const isMissing = (value: unknown): boolean => value === undefined || value === null

/** What is at the end of `path`, or undefined when there is no such way. `null` is read as absent. */
export const at = (value: unknown, ...path: readonly string[]): unknown => {
  const found = path.reduce<unknown>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value)
  return isMissing(found) ? undefined : found
}

/** The text at the end of `path`; '' when there is none, as Kubernetes reads a text that is absent. */
export const textAt = (value: unknown, ...path: readonly string[]): string => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : ''
}

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path)
  return isList(found) ? found : []
}

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  listAt(value, ...path).filter(item => typeof item === 'string')

export const objectAt = (value: unknown, ...path: readonly string[]): JsonObject => {
  const found = at(value, ...path)
  return isJsonObject(found) ? found : {}
}

/** A map of texts, such as labels. What is no text in it is left out. */
export const textMapAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(value, ...path)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

/** `object` without its fields that are undefined. */
export const compact = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))

/** `object` without some of its fields. */
export const without = (object: object, ...fields: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)))
