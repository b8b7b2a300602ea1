import type { Host } from '../../host/host.js'
import { listeningPorts } from '../../host/listening-ports.js'
import type { Protocol } from '../../model/service-port.js'
import { type Finding, note, problem, well } from './finding.js'

export interface ListenerQuestion {
  readonly host: Host
  readonly protocol: Protocol
  /** Undefined: it has none. */
  readonly localPort: number | undefined
  /** Why it has none. */
  readonly reason: string | undefined
}

/** Whether somebody listens where clients are led to. */
export const listenerFindings = async (question: ListenerQuestion): Promise<readonly Finding[]> => {
  const { host, protocol, localPort, reason = 'it has no local port' } = question
  if (localPort === undefined)
    return [problem('listener', `kube-portal does not listen for it: ${reason}`, 'see why, in its log')]
  const listening = protocol === 'SCTP' ? undefined : await listeningPorts(host, protocol)
  if (!listening)
    return [note('listener', `port ${localPort}; the system does not tell whether anybody listens`)]
  if (listening.has(localPort)) return [well('listener', `kube-portal listens on port ${localPort}`)]
  return [
    problem('listener', `nobody listens on local port ${localPort}`, 'restart kube-portal, and see its log'),
  ]
}
