import { cidrText } from '../../lib/model/cidr.js'
import { endpointText } from '../../lib/model/endpoint.js'
import { clientsOf, type Portal, portalText } from '../../lib/model/portal.js'
import type { Affinity, ServicePort } from '../../lib/model/service-port.js'
import type { Snapshot } from '../../lib/model/snapshot.js'
import { Composer, type ComposerOptions, type Composition } from '../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../lib/watch/translation/endpoint-slice.js'
import { readNode } from '../../lib/watch/translation/node.js'
import { readService } from '../../lib/watch/translation/service.js'

/** Objects of the API, as JSON has them. */
export interface Objects {
  readonly services: readonly unknown[]
  readonly slices: readonly unknown[]
  /** The Node that we are. */
  readonly node?: unknown
}

/** A machine with both families on which everything is allowed. */
export const anywhere: ComposerOptions = { families: ['IPv4', 'IPv6'], rules: { serviceCidrs: [] } }

export const compose = (
  { services, slices, node }: Objects,
  options: Partial<ComposerOptions> = {},
): Composition =>
  new Composer({ ...anywhere, ...options }).compose({
    services: services.map(readService),
    slices: slices.map(readEndpointSlice),
    node: node === undefined ? undefined : readNode(node),
  })

export const snapshotOf = (objects: Objects, options: Partial<ComposerOptions> = {}): Snapshot =>
  compose(objects, options).snapshot

const few = (texts: readonly string[]): string =>
  texts.length <= 6 ? texts.join(' ') : `${texts[0]} ${texts[1]} … ${texts.at(-1)} (${texts.length})`

const affinityText = (affinity: Affinity): string =>
  affinity.kind === 'none' ? '' : ` for the same client within ${affinity.timeout / 1000} s`

const sourcesText = (portal: Portal): string => {
  if (portal.kind !== 'load-balancer' || !portal.sources) return ''
  return ` from ${portal.sources.map(cidrText).join(', ') || 'nowhere'}`
}

/** A cluster IP as its address, any other portal with its kind. */
const whereText = (portal: Portal): string => {
  const kind = portal.kind === 'cluster-ip' ? '' : `${portal.kind} `
  const clients = clientsOf(portal) === 'everybody' ? '' : ` for ${clientsOf(portal)}`
  return `${kind}${portalText(portal)}${clients}${sourcesText(portal)}`
}

const whoText = ({ endpoints, othersServe }: ServicePort): string =>
  few(endpoints.map(endpointText)) || (othersServe ? 'nobody here' : 'nobody')

const servicePortLine = (servicePort: ServicePort): string => {
  const { id, portals, affinity } = servicePort
  return `${id} at ${portals.map(whereText).join(', ')} -> ${whoText(servicePort)}${affinityText(affinity)}`
}

/** A composition, a line for each service port, for each health check and for each thing that is left out. */
export const compositionText = ({ snapshot, skips }: Composition): string[] => [
  ...snapshot.servicePorts.map(servicePortLine),
  ...snapshot.healthChecks.map(
    ({ namespace, service, port, localEndpoints }) =>
      `health check of ${namespace}/${service} at ${port}: ${localEndpoints}`,
  ),
  ...skips.map(({ object, reason, why }) => `${why}: ${object}: ${reason}`),
]

/** What becomes of objects, as text. */
export const translation = (objects: Objects, options: Partial<ComposerOptions> = {}): string[] =>
  compositionText(compose(objects, options))
