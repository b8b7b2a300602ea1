import { localAddresses } from '../../host/local-addresses.js'
import type { Endpoint } from '../../model/endpoint.js'
import type { Report } from '../../model/event.js'
import { DirectReach } from '../../reach/direct.js'
import type { Cluster } from '../cluster.js'
import { isSupervised } from '../crash/on-crash.js'
import type { ReachChoice } from '../options/laptop.js'
import type { ChosenOptions } from '../options.js'
import { mayChangeMachine } from '../options/node.js'
import { ownNode } from '../own-node.js'
import { realClock as clock } from '../real-clock.js'
import { answeringEndpoint, hasEndpoints } from './answering.js'
import { chooseReach } from './choose-reach.js'
import { portForwardWay } from './port-forward-way.js'
import type { Decision } from './reached.js'
import type { Way } from './way.js'

/** The way over routes, and whether it leads anywhere. */
export interface RoutesWay {
  readonly way: Way
  /** Whether there are routes to pods here that are a kube-portal's, whichever run made them. */
  readonly isThere: () => Promise<boolean>
  /** Why routes cannot be added here; undefined where they can. */
  readonly whyNot: () => Promise<string | undefined>
  /** Rejects with a Failure where others have pods' addresses, or no pods could be reached at all. Changes nothing. */
  readonly check: () => Promise<void>
}

export interface DecideParts {
  readonly options: Pick<ChosenOptions, 'reach' | 'capture'>
  readonly cluster: Cluster
  readonly routes: RoutesWay
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: Report
}

/** Whether the way may be over routes, so that all Nodes have to be known. */
export const mayRoute = ({ reach, capture }: DecideParts['options'], env: DecideParts['env']): boolean =>
  reach === 'routes' || (reach === 'auto' && mayChangeMachine(capture) && !isSupervised(env))

const wayBy = (reach: ReachChoice, { cluster, routes, report }: DecideParts): Way => {
  switch (reach) {
    case 'direct':
      return { reach: new DirectReach({ clock }) }
    case 'portforward':
      return portForwardWay({ ...cluster, report })
    case 'routes':
      return routes.way
  }
}

const nobodyAnswers = 'as asked, but pods do not answer from here; --reach auto finds a way to them'

/** How endpoints are reached, as asked for, else as it is found to work. Rejects with a Failure where that cannot be done here. */
export const decideReach = async (parts: DecideParts): Promise<Decision> => {
  const { options, cluster, routes, env } = parts
  const { source } = cluster
  const node = ownNode(source, localAddresses())?.name
  // A pod of the host's network says nothing of the others.
  const isPods = (endpoint: Endpoint): boolean =>
    !source.nodes.some(({ addresses }) => addresses.includes(endpoint.address)) &&
    !source.isApiServer(endpoint)
  const answering = () => answeringEndpoint(source.snapshot(), { clock, isPods })
  if (options.reach === 'routes') await routes.check()
  if (options.reach !== 'auto') {
    const mayFail = options.reach === 'direct' && node === undefined && !isSupervised(env)
    const isTried = mayFail && hasEndpoints(source.snapshot(), isPods)
    const why = isTried && (await answering()) === undefined ? nobodyAnswers : undefined
    return { reach: options.reach, way: wayBy(options.reach, parts), ...(why !== undefined && { why }) }
  }
  const whyNoRoutes = async (): Promise<string | undefined> =>
    mayChangeMachine(options.capture) ? routes.whyNot() : 'routes would be a change to this machine'
  const chosen = await chooseReach({
    ...{ node, isSupervised: isSupervised(env), whyNoRoutes, answering },
    hasRoutes: () => routes.isThere(),
  })
  return { ...chosen, way: wayBy(chosen.reach, parts) }
}
