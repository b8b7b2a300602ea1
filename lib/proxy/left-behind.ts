import { errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'

/** Throws what is to be said when a stop cannot take everything out. */
export const leftBehind = (cause: unknown): never => {
  throw new Failure('failed', `stopped, but not all of ours could be taken out: ${errorText(cause)}`, {
    cure: 'when that works again, `kube-portal cleanup` takes out what was left behind',
    cause,
  })
}
