import { ask } from '../control/client.js'
import { controlSocket } from '../control/socket-files.js'
import { Failure } from '../model/failure.js'
import type { AskingOptions } from './options/status.js'
import { likelyStatePaths } from './state.js'

/**
 * The lines that a running instance answers to `what`, wherever it has its socket. Rejects with a Failure: `not-running` where
 * none answers at any place, `missing` where one may not be asked.
 */
export async function* asked(
  what: string,
  options: Pick<AskingOptions, 'stateDir'>,
  signal?: AbortSignal,
): AsyncGenerator<unknown, void> {
  let failure: unknown
  for (const folder of likelyStatePaths(options))
    try {
      yield* ask(what, { path: `${folder}/${controlSocket}`, ...(signal && { signal }) })
      return
    } catch (error) {
      // Where root has run one, its folder stays, and tells us nothing: ours may run all the same.
      if (!(error instanceof Failure) || !['not-running', 'missing'].includes(error.code)) throw error
      failure ??= error
    }
  throw failure
}
