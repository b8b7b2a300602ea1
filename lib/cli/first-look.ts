import { Failure, type FailureCode } from '../model/failure.js'
import type { Log } from '../observe/log.js'
import type { Cluster } from './cluster.js'

export interface FirstLookOptions {
  readonly signal: AbortSignal
  /** Failures after which it is worth while to go on. */
  readonly forgiven: readonly FailureCode[]
  readonly log: Log
}

/**
 * Which failures of the first look are no reason to end. An API server that is away may be back, while one that refuses us will
 * not change its mind; but when clients are `served` from before, to end would take that from them.
 */
export const forgivenWhen = (served: boolean): readonly FailureCode[] =>
  served ? ['api-unreachable', 'api-refused'] : ['api-unreachable']

/** Looks at the whole cluster once. Rejects with a Failure that is not forgiven; a forgiven one is said. */
export const firstLook = async (
  cluster: Cluster,
  { signal, forgiven, log }: FirstLookOptions,
): Promise<void> => {
  try {
    await cluster.readOnce(signal)
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof Failure) || !forgiven.includes(error.code)) throw error
    log.warn(`${error.message}; trying until it answers. If that takes long: ${error.cure}`)
  }
}
