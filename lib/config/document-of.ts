import { isApplied, type Kind } from './field.js'
import type { Json } from './json.js'
import { jsonOf, nested } from './nested.js'

/** What a document says, by the options that its fields set; what is undefined is left out. */
export type Values = Readonly<Record<string, Json | undefined>>

/** The document of this kind that says so. */
export const documentOf = (
  { kind, apiVersion, fields }: Kind,
  values: Values,
): Readonly<Record<string, Json>> => {
  const leaves = fields.filter(isApplied).flatMap(({ path, option }) => {
    const value = values[option]
    return value === undefined ? [] : [[path, value] as const]
  })
  return { apiVersion, kind, ...jsonOf(nested(leaves)) }
}
