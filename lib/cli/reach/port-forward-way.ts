import type { Report } from '../../model/event.js'
import type { Snapshot } from '../../model/snapshot.js'
import { Forwardable } from '../../reach/port-forward/forwardable.js'
import { PortForward } from '../../reach/port-forward/port-forward.js'
import type { ApiSource } from '../../watch/api-source.js'
import type { ApiServer } from '../../watch/api-server.js'
import { howToGrant, userIn } from '../../watch/role.js'
import { realClock as clock } from '../real-clock.js'
import type { Way } from './way.js'

export interface PortForwardWayParts {
  readonly source: Pick<ApiSource, 'podAt'>
  readonly server: Pick<ApiServer, 'url' | 'credentials'>
  readonly report: Report
}

/** What is left out is said once for as long as the reason stays. */
class Said {
  readonly #report: Report
  #reasons: ReadonlyMap<string, string> = new Map()

  constructor(report: Report) {
    this.#report = report
  }

  tell(reasons: ReadonlyMap<string, string>): void {
    for (const [object, reason] of reasons)
      if (this.#reasons.get(object) !== reason)
        this.#report({ type: 'skipped', object, reason, why: 'not for us' })
    this.#reasons = reasons
  }
}

/** Each dial has its own time, after which nobody waits for credentials any more. */
const untilAnswered = new AbortController().signal

const rule = { group: '', resource: 'pods/portforward', verbs: ['get', 'create'] }

/** Through the API server: TCP, to Pods. */
export const portForwardWay = ({ source, server, report }: PortForwardWayParts): Way => {
  const forwardable = new Forwardable(endpoint => source.podAt(endpoint) !== undefined)
  const said = new Said(report)
  return {
    reach: new PortForward({
      server: async () => ({ url: server.url, ...(await server.credentials(untilAnswered)) }),
      podAt: endpoint => source.podAt(endpoint),
      clock,
      forbidden: (namespace, reason) => {
        const cure = howToGrant({ namespaces: [namespace], rules: [rule], user: userIn(reason) })
        report({ type: 'forwarding-forbidden', namespace, reason, cure })
      },
    }),
    reachable: (snapshot: Snapshot): Snapshot => {
      const { snapshot: reachable, leftOut } = forwardable.of(snapshot)
      said.tell(
        new Map(leftOut.map(({ namespace, service, reason }) => [`Service ${namespace}/${service}`, reason])),
      )
      return reachable
    },
  }
}
