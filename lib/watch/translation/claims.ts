import { type Portal, portalText } from '../../model/portal.js'
import type { ServicePort } from '../../model/service-port.js'
import type { Service } from './service.js'
import { objectText, refused, type Skip } from './skip.js'

/** A Service and the service ports that it makes. */
export interface Claim {
  readonly service: Service
  readonly servicePorts: readonly ServicePort[]
}

export interface Settled {
  readonly servicePorts: readonly ServicePort[]
  /** Who came too late. */
  readonly skips: readonly Skip[]
}

const textOf = ({ namespace, name }: Service): string => objectText('Service', namespace, name)

const older = (one: Service, other: Service): boolean =>
  one.created === other.created ? textOf(one) < textOf(other) : one.created < other.created

/** TCP and UDP of one address and port are two different things to hold. */
const keyOf = (portal: Portal, { name }: ServicePort): string => `${portalText(portal)}/${name.protocol}`

const holders = (claims: readonly Claim[]): ReadonlyMap<string, Service> => {
  const held = new Map<string, Service>()
  for (const { service, servicePorts } of claims)
    for (const servicePort of servicePorts)
      for (const portal of servicePort.portals) {
        const key = keyOf(portal, servicePort)
        const holder = held.get(key)
        if (!holder || older(service, holder)) held.set(key, service)
      }
  return held
}

/** Gives each portal to the oldest Service that claims it, so that nobody takes another's by coming later. */
export const settle = (claims: readonly Claim[]): Settled => {
  const held = holders(claims)
  const servicePorts: ServicePort[] = []
  const skips: Skip[] = []
  for (const { service, servicePorts: claimed } of claims)
    for (const servicePort of claimed) {
      const lost = servicePort.portals.find(portal => held.get(keyOf(portal, servicePort)) !== service)
      const holder = lost && held.get(keyOf(lost, servicePort))
      if (lost && holder)
        skips.push(
          refused(textOf(service), `${portalText(lost)} belongs to ${textOf(holder)}, which is older`),
        )
      else servicePorts.push(servicePort)
    }
  return { servicePorts, skips }
}
