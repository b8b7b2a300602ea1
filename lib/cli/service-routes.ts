import type { ServiceRoutes } from '../capture/allowed-routes.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Cluster } from './cluster.js'
import { isSupervised } from './crash/on-crash.js'
import type { LaptopOptions } from './options/laptop.js'
import { ownNode } from './own-node.js'

export interface ServiceRoutesParts {
  readonly options: Pick<LaptopOptions, 'serviceRoutes' | 'allowOverlap'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** This machine's. */
  readonly addresses: () => readonly IpAddress[]
  /** Undefined while it is not known. */
  readonly cluster: () => Cluster | undefined
}

/** Whether Services' addresses are made to end here: what nodes have a network for, a laptop has not. */
export const serviceRoutes = ({ options, env, addresses, cluster }: ServiceRoutesParts): ServiceRoutes => {
  const known = cluster()
  const isLaptop = known?.source.ready === true && !ownNode(known.source, addresses()) && !isSupervised(env)
  return {
    on: options.serviceRoutes === 'always' || (options.serviceRoutes === 'auto' && isLaptop),
    ranges: known?.source.serviceRanges ?? [],
    allowOverlap: options.allowOverlap === true,
    apiServers: known?.source.apiServers ?? [],
  }
}
