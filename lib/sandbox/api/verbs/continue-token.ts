import { at, numberAt, textAt } from '../../json.js'
import { badRequest, StatusError } from '../status-error.js'

/** Where a list in pages goes on. */
export interface ContinueToken {
  /** The version that all pages show; -1 goes on with what is there now. */
  readonly version: number
  /** The key after which the next page starts. */
  readonly after: string
}

export const continueText = ({ version, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: `${after}\0` })).toString('base64url')

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** Reads what `continueText` wrote. Throws 400 for anything else. */
export const continueToken = (text: string): ContinueToken => {
  const token = parsed(text)
  const version = numberAt(token, 'rv')
  if (version === undefined || at(token, 'start') === undefined)
    throw badRequest('continue key is not valid: illegal base64 data or unknown encoding')
  return { version, after: textAt(token, 'start').slice(0, -1) }
}

/** The pages so far can no longer be continued; but the list can go on with what is there now. */
export const tokenExpired = ({ after }: ContinueToken): StatusError =>
  new StatusError(
    410,
    'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
      'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
      'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
      'modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    { reason: 'Expired', metadata: { continue: continueText({ version: -1, after }) } },
  )
