import type { Endpoint } from '../model/endpoint.js'
import type { PodName } from '../model/pod-name.js'
import type { Mirror } from './mirror.js'
import { PodIndex } from './pod-index.js'
import type { EndpointSlice } from './translation/endpoint-slice.js'

type Slices = Pick<Mirror<readonly EndpointSlice[]>, 'values' | 'activity'>

/** The Pods of several mirrors of slices, as they are now. */
export class FollowedPods {
  readonly #parts: readonly { readonly slices: Slices; readonly index: PodIndex }[]

  constructor(mirrors: readonly Slices[]) {
    this.#parts = mirrors.map(slices => ({ slices, index: new PodIndex() }))
  }

  /** The Pod that serves Services of the namespace there, over TCP. The first call takes time, and those after changes. */
  at(endpoint: Endpoint, namespace: string): PodName | undefined {
    for (const { slices, index } of this.#parts) {
      index.follow(slices.values, slices.activity.changes.total)
      const pod = index.at(endpoint, namespace)
      if (pod) return pod
    }
    return undefined
  }
}
