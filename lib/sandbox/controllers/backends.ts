import { type Family, familyOf, ipAddress } from '../../model/ip-address.js'
import type { ApiObject } from '../api-object.js'
import { at, type JsonObject, listAt, textAt, textMapAt } from '../json.js'
import { containerPorts, isActive, isReady, isTerminating } from './pod.js'

/** A port of a Service as one pod serves it; for headless Services without ports there is none. */
export interface BackendPort {
  readonly name: string
  readonly protocol: string
  readonly port: number
  readonly appProtocol?: string
}

/** A pod behind a Service. */
export interface Backend {
  readonly pod: ApiObject
  readonly address: string
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  /** Without those whose named target port the pod does not have. */
  readonly ports: readonly BackendPort[]
}

/** What a Service is asked for; undefined where somebody else makes its endpoints. */
export const selectorOf = (service: ApiObject): Readonly<Record<string, string>> | undefined => {
  const selector = textMapAt(service, 'spec', 'selector')
  const external = textAt(service, 'spec', 'type') === 'ExternalName'
  return external || Object.keys(selector).length === 0 ? undefined : selector
}

const portOf = (servicePort: unknown, pod: ApiObject): BackendPort[] => {
  const name = textAt(servicePort, 'name')
  const protocol = textAt(servicePort, 'protocol') || 'TCP'
  const appProtocol = textAt(servicePort, 'appProtocol')
  const target = at(servicePort, 'targetPort') ?? at(servicePort, 'port')
  const number =
    typeof target === 'number'
      ? target
      : containerPorts(pod).find(port => port.name === target && port.protocol === protocol)?.port
  return number === undefined
    ? []
    : [{ name, protocol, port: number, ...(appProtocol !== '' && { appProtocol }) }]
}

const addressOf = (pod: ApiObject, family: Family): string | undefined =>
  listAt(pod, 'status', 'podIPs')
    .map(entry => textAt(entry, 'ip'))
    .find(ip => familyOf(ipAddress(ip)) === family)

/** The pods that `service` selects, as far as they have an address of `family`. */
export const backendsOf = (
  service: ApiObject,
  pods: readonly ApiObject[],
  family: Family,
): readonly Backend[] => {
  const selector = selectorOf(service)
  if (!selector) return []
  const early = at(service, 'spec', 'publishNotReadyAddresses') === true
  const selected = pods.filter(({ metadata: { labels = {} } }) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value),
  )
  return selected.filter(isActive).flatMap(pod => {
    const address = addressOf(pod, family)
    if (address === undefined) return []
    const terminating = isTerminating(pod)
    const serving = isReady(pod)
    const ports = listAt(service, 'spec', 'ports').flatMap(port => portOf(port, pod))
    return [{ pod, address, ready: early || (serving && !terminating), serving, terminating, ports }]
  })
}

/** Which pod it is, as endpoints say it. */
export const targetRef = ({ metadata: { namespace, name, uid } }: ApiObject): JsonObject => ({
  kind: 'Pod',
  namespace,
  name,
  uid,
})

export const isHeadless = (service: ApiObject): boolean => textAt(service, 'spec', 'clusterIP') === 'None'
