import type { Target } from '../serve/target.js'
import { badRequest } from '../status-error.js'

/** A request for objects, read and allowed. */
export interface Call {
  readonly target: Target
  readonly query: URLSearchParams
  /** The body as JSON; undefined when there was none. */
  readonly body: unknown
  readonly contentType: string
}

/** What a request gets. */
export interface Answer {
  readonly code: number
  readonly body: Readonly<Record<string, unknown>>
}

export const isDryRun = ({ query }: Call): boolean => query.getAll('dryRun').includes('All')

/** A whole number of 0 or more in the query, or undefined. Throws 400 for anything else. */
export const countIn = (query: URLSearchParams, field: string): number | undefined => {
  const text = query.get(field) ?? ''
  if (text === '') return undefined
  if (!/^\d+$/.test(text))
    throw badRequest(`${field}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
