import type { Host } from '../../host/host.js'
import { routeTo } from '../../host/route.js'
import type { Clock } from '../../model/clock.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { errorCode, errorText } from '../../model/error-text.js'
import { seconds } from '../../model/milliseconds.js'
import type { Protocol } from '../../model/service-port.js'
import { whyUndialable } from '../../model/undialable.js'
import { knock } from '../../reach/knock.js'
import { type Finding, note, problem, well } from './finding.js'

export interface ReachQuestion {
  readonly host: Host
  readonly clock: Clock
  readonly protocol: Protocol
  /** Whether an endpoint may be where nobody else's may. */
  readonly loopback: 'allowed' | 'never'
}

const patience = seconds(2)

const cureFor = (code: string | undefined, { port }: Endpoint): string => {
  if (code === 'ECONNREFUSED')
    return `see that the pod listens on port ${port}, at all its addresses and not only 127.0.0.1; or correct the Service's targetPort`
  if (code === 'ETIMEDOUT')
    return "see whether its network can be reached from this node: a NetworkPolicy (which sees the node's address, not the client's), a firewall, the CNI"
  return "see whether this node has a route to the pods' network: that is the CNI's work"
}

const dialled = async (endpoint: Endpoint, { clock }: ReachQuestion): Promise<Finding> => {
  const text = endpointText(endpoint)
  const began = clock.now()
  const attempt = knock(endpoint, { clock, timeout: patience, opened: () => undefined })
  try {
    await attempt.answered
    return well('dial', `${text} accepts connections, after ${(clock.now() - began).toFixed(1)} ms`)
  } catch (error) {
    return problem(
      'dial',
      `endpoint ${text} cannot be reached: ${errorText(error)}`,
      cureFor(errorCode(error), endpoint),
    )
  } finally {
    attempt.close()
  }
}

/** Where endpoints are reached through the API server: only the portal tells whether that works. */
export const forwarded = note(
  'reach',
  "through the API server, as kubectl port-forward does it: a client's end is not passed on, as there is no such thing, and the connection ends when the pod ends it, or a minute later",
)

/** Whether an endpoint can be reached from this machine: looks for a way and, over TCP, connects. */
export const reachFindings = async (
  endpoint: Endpoint,
  question: ReachQuestion,
): Promise<readonly Finding[]> => {
  const text = endpointText(endpoint)
  const undialable = question.loopback === 'never' ? whyUndialable(endpoint.address) : undefined
  if (undialable !== undefined)
    return [
      problem(
        'reach',
        `endpoint ${text} is never dialled: it is an ${undialable}`,
        'give it an address of the pod network',
      ),
    ]
  const route = await routeTo(question.host, endpoint.address)
  if (route.kind === 'none')
    return [
      problem('reach', `no route to endpoint ${text}: ${route.reason}`, cureFor('ENETUNREACH', endpoint)),
    ]
  const way = route.kind === 'unknown' ? note('reach', route.reason) : well('reach', route.text)
  if (question.protocol !== 'TCP')
    return [way, note('dial', `${text} is not tried: nobody has to answer over UDP`)]
  return [way, await dialled(endpoint, question)]
}
