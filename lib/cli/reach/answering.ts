import type { Clock } from '../../model/clock.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { milliseconds } from '../../model/milliseconds.js'
import type { Snapshot } from '../../model/snapshot.js'
import { knock } from '../../reach/knock.js'

/** A pod on a network that this machine is on answers in a few ms. */
const patience = milliseconds(700)

/** Of different Services: one of them may be broken. */
const mostTried = 4

const someEndpoints = (
  { servicePorts }: Snapshot,
  isPods: (endpoint: Endpoint) => boolean,
): readonly Endpoint[] => {
  const found = new Map<string, Endpoint>()
  for (const { name, endpoints } of servicePorts) {
    const [first] = endpoints
    if (name.protocol === 'TCP' && first && isPods(first)) found.set(endpointText(first), first)
    if (found.size >= mostTried) break
  }
  return [...found.values()]
}

/** Whether there is anybody who could answer. */
export const hasEndpoints = (snapshot: Snapshot, isPods: AnsweringOptions['isPods']): boolean =>
  someEndpoints(snapshot, isPods).length > 0

export interface AnsweringOptions {
  readonly clock: Clock
  /** Whether the endpoint is in the cluster: one that is elsewhere tells nothing. */
  readonly isPods: (endpoint: Endpoint) => boolean
}

/** An endpoint of the snapshot that takes connections from here, as people write it; undefined where none of some does. */
export const answeringEndpoint = async (
  snapshot: Snapshot,
  { clock, isPods }: AnsweringOptions,
): Promise<string | undefined> => {
  const attempts = someEndpoints(snapshot, isPods).map(endpoint => ({
    endpoint,
    attempt: knock(endpoint, { clock, timeout: patience, opened: () => undefined }),
  }))
  try {
    return await Promise.any(
      attempts.map(async ({ endpoint, attempt }) => {
        await attempt.answered
        return endpointText(endpoint)
      }),
    )
  } catch {
    // All have failed, each in its way.
    return undefined
  } finally {
    for (const { attempt } of attempts) attempt.close()
  }
}
