import type { InstanceStatus, PortStatus, ServiceStatus } from '../../control/status.js'
import { type Finding, note, problem } from './finding.js'
import { bareReason, cureFor } from './reasons.js'

/** What is wrong with what the Service itself asks for, or with its portals. */
export const serviceFindings = (service: ServiceStatus, port: PortStatus | undefined): readonly Finding[] => {
  const { reasons } = service
  if (!port) {
    const [reason = 'it has no ports'] = reasons
    return [
      problem('service', `it is not proxied: ${reason}`, cureFor(reason, 'change what the reason names')),
    ]
  }
  return [
    ...reasons.map(reason => note('service', reason)),
    ...port.unprogrammed.map(reason =>
      problem(
        'service',
        `not all of it is served: ${bareReason(reason)}`,
        cureFor(reason, 'see what kube-portal says in its log'),
      ),
    ),
  ]
}

const unready: Readonly<Record<string, Finding>> = {
  'no lists yet': problem(
    'whole',
    'kube-portal waits for the API server',
    'see whether the API server can be reached',
  ),
  resumed: note('whole', 'kube-portal serves what was served before, until the API server answers'),
  'no rules yet': note('whole', 'kube-portal has just started'),
  stopping: note('whole', 'kube-portal is stopping'),
}

/** On a laptop, that is as it should be. */
const withoutNode = (node: string): string =>
  `no Node is called ${node}, so policies Local count as Cluster; if this is a Node: --hostname-override`

/** What is wrong with all that kube-portal does here. */
export const wholeFindings = (instance: InstanceStatus): readonly Finding[] => {
  const { node, isNode = true, readiness, api, troubles } = instance
  const state = unready[readiness]
  const absence = api && [
    problem(
      'whole',
      `no answer of the API server for ${Math.round(api.lasts / 1000)} s, so changes are not seen: ${bareReason(api.reason)}`,
      cureFor(api.reason, 'see whether the API server runs, and can be reached from here'),
    ),
  ]
  return [
    ...(state ? [state] : []),
    ...(isNode ? [] : [note('whole', withoutNode(node))]),
    ...(absence ?? []),
    ...troubles.map(trouble =>
      problem('whole', bareReason(trouble), cureFor(trouble, 'see what it says; it is tried again')),
    ),
  ]
}
