import { endpointText } from '../../lib/model/endpoint.js'
import { portalText } from '../../lib/model/portal.js'
import type { Affinity, ServicePort } from '../../lib/model/service-port.js'
import { Composer } from '../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../lib/watch/translation/endpoint-slice.js'
import { readService } from '../../lib/watch/translation/service.js'

/** Objects of the API, as JSON has them. */
export interface Objects {
  readonly services: readonly unknown[]
  readonly slices: readonly unknown[]
}

const few = (texts: readonly string[]): string =>
  texts.length <= 6 ? texts.join(' ') : `${texts[0]} ${texts[1]} … ${texts.at(-1)} (${texts.length})`

const affinityText = (affinity: Affinity): string =>
  affinity.kind === 'none' ? '' : ` for the same client within ${affinity.timeout / 1000} s`

const servicePortLine = ({ id, portals, endpoints, affinity }: ServicePort): string =>
  `${id} at ${portals.map(portalText).join(' ')} -> ${few(endpoints.map(endpointText)) || 'nobody'}${affinityText(affinity)}`

/** What becomes of objects, a line for each service port and for each thing that is left out. */
export const translation = ({ services, slices }: Objects): string[] => {
  const { snapshot, skips } = new Composer().compose(services.map(readService), slices.map(readEndpointSlice))
  return [
    ...snapshot.servicePorts.map(servicePortLine),
    ...skips.map(({ object, reason, why }) => `${why}: ${object}: ${reason}`),
  ]
}
