import { StatusError } from '../status-error.js'

/** Reads a resourceVersion; '' and absent are undefined. Throws 500, as the API server does, for what is no number. */
export const versionIn = (query: URLSearchParams): number | undefined => {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const quoted = JSON.stringify(text)
  throw new StatusError(
    500,
    `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
  )
}
