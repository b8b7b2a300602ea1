import { isJsonObject, isList } from '../json.js'

// Ten of the letters of which Kubernetes makes names: no vowels, so that no name is a word.
const letters = 'bcdfghjklm'

const sorted = (value: unknown): unknown => {
  if (isList(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sorted(value[key])]),
  )
}

/** Names a pod template: equal templates, in whatever order their fields are, have equal names (FNV-1a, 32 bit). */
export const templateHash = (template: unknown): string => {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(JSON.stringify(sorted(template))))
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return String(hash).replace(/\d/g, digit => letters.charAt(Number(digit)))
}
