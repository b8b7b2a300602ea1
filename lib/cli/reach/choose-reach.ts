import type { ReachChoice } from '../options/laptop.js'

/** What can be found out, each of which takes more than the one before it. */
export interface ReachFacts {
  /** The Node that this machine is; undefined where it is none. */
  readonly node: string | undefined
  /** Whether a supervisor started us: then we are a node agent, whatever the Node is called. */
  readonly isSupervised: boolean
  /** Whether a run of kube-portal, this one's predecessor or one that was killed, has routes to pods here. */
  readonly hasRoutes: () => Promise<boolean>
  /** Some endpoint that takes connections from here, as people write it. */
  readonly answering: () => Promise<string | undefined>
  /** Why routes to the nodes' pods cannot be added here; undefined where they can. */
  readonly whyNoRoutes: () => Promise<string | undefined>
}

/** How endpoints are reached, and why so. */
export interface ChosenReach {
  readonly reach: ReachChoice
  readonly why: string
}

/** What `--reach auto` means here: the way that changes least, of those that lead there. */
export const chooseReach = async (facts: ReachFacts): Promise<ChosenReach> => {
  const { node, isSupervised, hasRoutes, answering, whyNoRoutes } = facts
  if (node !== undefined) return { reach: 'direct', why: `this machine is the Node ${node}` }
  if (isSupervised) return { reach: 'direct', why: 'a supervisor started this, as it does on a node' }
  if (await hasRoutes()) {
    // What answers over those tells nothing: they are taken out once nobody is there who keeps them.
    const whyNot = await whyNoRoutes()
    return whyNot === undefined
      ? { reach: 'routes', why: 'kube-portal has routes to pods here already' }
      : { reach: 'portforward', why: `the routes to pods here are of another kube-portal, and ${whyNot}` }
  }
  const endpoint = await answering()
  if (endpoint !== undefined) return { reach: 'direct', why: `${endpoint} answers from here` }
  const whyNot = await whyNoRoutes()
  return whyNot === undefined
    ? { reach: 'routes', why: "pods do not answer from here, and their nodes are on this machine's network" }
    : { reach: 'portforward', why: `pods do not answer from here, and ${whyNot}` }
}
