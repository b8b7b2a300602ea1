/** What YAML reads as the text it is, and nothing else does: no number, no `yes`, no sign that means anything. */
const plain = /^[A-Za-z/][-\w./]*$/
const words = /^(true|false|yes|no|on|off|null|y|n)$/i

const scalar = (value: unknown): string =>
  typeof value === 'string' && plain.test(value) && !words.test(value) ? value : JSON.stringify(value)

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ')

const entry = (key: string, value: unknown): string => {
  const text = yamlText(value)
  if (!isObject(value) || text === '[]\n' || text === '{}\n') return `${scalar(key)}: ${text}`
  return `${scalar(key)}:\n${Array.isArray(value) ? text : indented(text)}`
}

/** A value of JSON as YAML that ends with a newline. What is undefined is left out. */
export const yamlText = (value: unknown): string => {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]\n'
    return value.map(each => `- ${indented(yamlText(each)).trimStart()}`).join('')
  }
  if (!isObject(value)) return `${scalar(value)}\n`
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return entries.length === 0 ? '{}\n' : entries.map(([key, each]) => entry(key, each)).join('')
}
