import type { HttpPlace } from '../observe/http-port.js'
import type { HealthOptions } from './options/health.js'
import type { MetricsOptions } from './options/metrics.js'
import { type NodeOptions, mayChangeMachine } from './options/node.js'
import { usualPorts } from './parsers.js'
import { loopback } from './loopback.js'

export type PlaceOptions = HealthOptions & MetricsOptions & Pick<NodeOptions, 'capture'>

/** Where we are asked how we are, and what we have done; undefined: nowhere. */
export interface HttpPlaces {
  readonly health: HttpPlace | undefined
  readonly metrics: HttpPlace | undefined
}

export const httpPlaces = ({ healthzBindAddress, metricsBindAddress, capture }: PlaceOptions): HttpPlaces => {
  const place = (given: HttpPlace | 'nowhere' | undefined, usual: HttpPlace): HttpPlace | undefined => {
    // Where nothing is changed, no node depends on us, and an instance that captures may be here, too.
    const wanted = given ?? (mayChangeMachine(capture) ? usual : 'nowhere')
    return wanted === 'nowhere' ? undefined : wanted
  }
  return {
    health: place(healthzBindAddress, { port: usualPorts.health }),
    metrics: place(metricsBindAddress, { port: usualPorts.metrics, address: loopback.IPv4 }),
  }
}
