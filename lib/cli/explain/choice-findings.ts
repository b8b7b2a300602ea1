import type { Choice } from '../../control/choice.js'
import type { PortStatus, ServiceStatus } from '../../control/status.js'
import { durationText } from '../../model/duration.js'
import { milliseconds } from '../../model/milliseconds.js'
import { type Finding, note, problem, well } from './finding.js'

export interface ChoiceQuestion {
  readonly service: Pick<ServiceStatus, 'namespace' | 'name'>
  readonly port: PortStatus
  readonly choice: Choice
  readonly from: string | undefined
  /** This machine's addresses. */
  readonly addresses: readonly string[]
  /** Whether this machine is no Node, so that most clients are its own programs. */
  readonly isLaptop: boolean
}

const span = (value: number): string => durationText(milliseconds(value))

/** Endpoints that are left out, by why. */
const leftOut = ({ endpoints }: Choice): readonly Finding[] => {
  const reasons = new Map<string, string[]>()
  for (const { endpoint, leftOut: reason } of endpoints)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), endpoint])
  return [...reasons].map(([reason, [first = '', ...others]]) => {
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    return note('choice', `${first}${more} left out: ${reason}`)
  })
}

const chosen = ({ port, choice, from }: ChoiceQuestion): Finding => {
  const { pin, next, affinity } = choice
  const among = `of ${port.endpoints.ready}`
  if (pin)
    return well(
      'choice',
      `${pin.endpoint}: ${from ?? 'it'} was there ${span(pin.age)} ago, and returns (affinity)`,
    )
  if (affinity === undefined) return well('choice', `${next ?? 'nobody'} is next in turn, ${among}`)
  const who = from === undefined ? 'a new client' : `${from} is new: it`
  return well(
    'choice',
    `${who} gets ${next ?? 'nobody'}, next in turn, ${among}, and returns there for ${span(affinity)}`,
  )
}

const sharing =
  'all programs of this machine are one client, as they share its address: with session affinity all of them go to one endpoint'

const clients = ({ choice, addresses, isLaptop }: ChoiceQuestion): readonly Finding[] => {
  const { onlyClient, affinity } = choice
  if (affinity !== undefined && isLaptop) return [note('choice', sharing)]
  // Explaining a Service makes this machine a client of it.
  if (onlyClient === undefined || affinity === undefined || addresses.includes(onlyClient)) return []
  const text = `all clients come from one address, ${onlyClient}, and so go to one endpoint; if that is a NAT or a proxy, affinity cannot tell who is behind it`
  return [note('choice', text)]
}

/** Who serves the client, and why. */
export const choiceFindings = (question: ChoiceQuestion): readonly Finding[] => {
  const { service, port, choice } = question
  const { namespace, name } = service
  if (port.endpoints.ready === 0) {
    const [why = 'no endpoint serves'] = port.unhealthy
    const look = `kubectl -n ${namespace} get endpointslices -l kubernetes.io/service-name=${name}`
    const fix =
      port.policy === 'Local' && port.endpoints.all > 0
        ? `run one of its pods on this node, or set its policy to Cluster; see ${look}`
        : `see why none of its pods is ready: ${look}`
    return [...leftOut(choice), problem('choice', why, fix)]
  }
  const avoided =
    choice.avoided.length === 0
      ? []
      : [note('choice', `${choice.avoided.join(', ')} passed over for a while, after failures`)]
  return [chosen(question), ...leftOut(choice), ...avoided, ...clients(question)]
}
