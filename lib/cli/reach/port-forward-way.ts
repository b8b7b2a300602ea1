import type { Endpoint } from '../../model/endpoint.js'
import type { Report } from '../../model/event.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import type { Snapshot } from '../../model/snapshot.js'
import { DirectReach } from '../../reach/direct.js'
import { Forwardable } from '../../reach/port-forward/forwardable.js'
import { PortForward } from '../../reach/port-forward/port-forward.js'
import type { Dialling, DialOptions, Reach } from '../../reach/reach.js'
import type { ApiSource } from '../../watch/api-source.js'
import type { ApiServer } from '../../watch/api-server.js'
import { howToGrant, userIn } from '../../watch/role.js'
import { notForUs, objectText, Said } from '../../watch/translation/skip.js'
import { realClock as clock } from '../real-clock.js'
import type { Way } from './way.js'

export interface PortForwardWayParts {
  readonly source: Pick<ApiSource, 'podAt' | 'isApiServer'>
  readonly server: Pick<ApiServer, 'url' | 'credentials'>
  readonly report: Report
}

/** Through `forward`, but for where we ask the API server ourselves: there we go as we always do. */
class ForwardedReach implements Reach {
  readonly #direct = new DirectReach({ clock })
  readonly #forward: Reach
  readonly #isApiServer: (endpoint: Endpoint) => boolean

  constructor(forward: Reach, isApiServer: (endpoint: Endpoint) => boolean) {
    this.#forward = forward
    this.#isApiServer = isApiServer
  }

  get schedule(): readonly Milliseconds[] {
    return this.#forward.schedule
  }

  get halfOpenTimeout(): Milliseconds | undefined {
    return this.#forward.halfOpenTimeout
  }

  dial(endpoint: Endpoint, options: DialOptions): Dialling {
    return (this.#isApiServer(endpoint) ? this.#direct : this.#forward).dial(endpoint, options)
  }
}

/** Each dial has its own time, after which nobody waits for credentials any more. */
const untilAnswered = new AbortController().signal

/** Beside the role with what is listed and watched, which has another name. */
const role = 'kube-portal-portforward'
const rule = { group: '', resource: 'pods/portforward', verbs: ['get', 'create'] }

/** Through the API server: TCP, to Pods. */
export const portForwardWay = ({ source, server, report }: PortForwardWayParts): Way => {
  const isApiServer = (endpoint: Endpoint): boolean => source.isApiServer(endpoint)
  const forwardable = new Forwardable(
    (endpoint, namespace) => source.podAt(endpoint, namespace) !== undefined || isApiServer(endpoint),
  )
  const said = new Said(report)
  return {
    reach: new ForwardedReach(
      new PortForward({
        server: async () => ({ url: server.url, ...(await server.credentials(untilAnswered)) }),
        podAt: (endpoint, namespace) => source.podAt(endpoint, namespace),
        clock,
        forbidden: (namespace, reason) => {
          const cure = howToGrant({
            name: role,
            namespaces: [namespace],
            rules: [rule],
            user: userIn(reason),
          })
          report({ type: 'forwarding-forbidden', namespace, reason, cure })
        },
      }),
      isApiServer,
    ),
    reachable: (snapshot: Snapshot): Snapshot => {
      const { snapshot: reachable, leftOut } = forwardable.of(snapshot)
      said.tell(
        leftOut.map(({ namespace, service, reason }) =>
          notForUs(objectText('Service', namespace, service), reason),
        ),
      )
      return reachable
    },
  }
}
