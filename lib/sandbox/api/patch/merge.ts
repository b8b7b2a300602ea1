import { isJsonObject, type JsonObject } from '../../json.js'

/** Applies a JSON merge patch (RFC 7386): `null` takes a field away, lists are replaced whole. */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return patch
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {}
  for (const [field, value] of Object.entries(patch))
    if (value === null) Reflect.deleteProperty(merged, field)
    else merged[field] = mergePatch(merged[field], value)
  const whole: JsonObject = merged
  return whole
}
