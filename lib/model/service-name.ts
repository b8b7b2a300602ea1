import { isDnsLabel } from './dns-label.js'
import type { ServicePortName } from './service-port.js'

/** Which Service. */
export type ServiceKey = Pick<ServicePortName, 'namespace' | 'service'>

/** What a name stands for, as far as its form tells. */
export type NameMeaning =
  | ({ readonly kind: 'service' } & ServiceKey)
  /** One pod of a Service, or one of its ports (SRV): `web-0.web.shop.svc`. */
  | { readonly kind: 'part of a service' }
  | { readonly kind: 'foreign' }

export interface NameSurroundings {
  /** Under which the cluster has its names: `cluster.local`. */
  readonly domain: string
  /** Whose Services may be called by their name alone. */
  readonly namespace: () => string
}

/** DNS has no longer names. */
const longest = 253

/**
 * The names by which a Service is known outside of its cluster, the longest first. Not the one without `svc`, that the cluster's DNS
 * has as well: namespaces are called `dev`, `app` and `com`, and so are domains of the world.
 */
export const serviceNames = ({ namespace, service }: ServiceKey, domain: string): readonly string[] => {
  const short = `${service}.${namespace}.svc`
  return [`${short}.${domain}`, short]
}

/** What `name` means to a client in that namespace; case, and a dot at the end, do not matter. */
export const meaningOf = (name: string, { domain, namespace }: NameSurroundings): NameMeaning => {
  const plain = name.toLowerCase().replace(/\.$/, '')
  const isWhole = plain.endsWith(`.${domain}`)
  const labels = (isWhole ? plain.slice(0, -domain.length - 1) : plain).split('.')
  if (plain.length > longest || !labels.every(isServiceLabel)) return { kind: 'foreign' }
  const [service = '', itsNamespace = namespace(), ...others] = labels
  const isMarked = labels.length > 2 && labels.at(-1) === 'svc'
  if (isMarked && others.length > 1) return { kind: 'part of a service' }
  return (isMarked || (!isWhole && others.length === 0)) && isDnsLabel(service)
    ? { kind: 'service', namespace: itsNamespace, service }
    : { kind: 'foreign' }
}

/** Names of ports and protocols begin with a line (RFC 2782): `_http._tcp.cart.shop.svc`. */
const isServiceLabel = (label: string): boolean => isDnsLabel(label.replace(/^_/, ''))
