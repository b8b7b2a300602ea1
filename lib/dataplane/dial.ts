import type { Picker } from '../balancer/picker.js'
import type { Endpoint } from '../model/endpoint.js'
import { errorText } from '../model/error-text.js'
import type { IpAddress } from '../model/ip-address.js'
import type { EndpointStream, Inlet, Opened, Reach } from '../reach/reach.js'

export interface DialRequest {
  readonly client: IpAddress
  readonly picker: Picker
  readonly reach: Reach
  readonly signal: AbortSignal
  /** What the endpoint's stream reads into. */
  readonly inlet: Inlet
  readonly opened: Opened
  readonly failed: (failure: DialFailure) => void
}

export interface DialFailure {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly reason: string
}

export type Dialled =
  | {
      readonly kind: 'connected'
      readonly stream: EndpointStream
      readonly endpoint: Endpoint
      readonly attempt: number
    }
  | { readonly kind: 'nobody'; readonly reason: 'no endpoint' | 'every endpoint failed' }
  | { readonly kind: 'aborted' }

/**
 * Connects `client` to an endpoint: as many attempts as the reach's schedule has, each with another endpoint as long as
 * there is one. Each failure is told, and the client's affinity forgotten. Leaves no stream behind when it is aborted.
 */
export const dial = async (request: DialRequest): Promise<Dialled> => {
  const { client, picker, reach, signal, inlet, opened } = request
  const failed: Endpoint[] = []
  for (const timeout of reach.schedule) {
    const endpoint = picker.next(client, failed)
    if (!endpoint) break
    const attempt = failed.length + 1
    try {
      const stream = await reach.dial(endpoint, { timeout, signal, inlet, opened })
      return { kind: 'connected', stream, endpoint, attempt }
    } catch (error) {
      if (signal.aborted) return { kind: 'aborted' }
      picker.forget(client, endpoint)
      failed.push(endpoint)
      request.failed({ endpoint, attempt, reason: errorText(error) })
    }
  }
  return { kind: 'nobody', reason: failed.length > 0 ? 'every endpoint failed' : 'no endpoint' }
}
