import type { Listener } from '../dataplane/listener.js'
import type { Found } from '../dataplane/socks/listen-socks.js'
import type { ReplyKind, Sought } from '../dataplane/socks/message.js'
import type { ClusterService } from '../model/cluster-service.js'
import { endpointText } from '../model/endpoint.js'
import { port, type Port } from '../model/port.js'
import { meaningOf, type NameSurroundings, type ServiceKey } from '../model/service-name.js'
import type { ServicePort, ServicePortId } from '../model/service-port.js'
import { type Listed, listed, serviceText } from './listed.js'

export interface DirectoryParts extends NameSurroundings {
  /** Those that are served, the same array until any of them changes; undefined: not known yet. */
  readonly servicePorts: () => readonly ServicePort[] | undefined
  /** All Services of the cluster, served or not. */
  readonly services: () => readonly ClusterService[]
  /** Undefined: it has no listener. */
  readonly listenerOf: (id: ServicePortId) => Pick<Listener, 'welcome' | 'port'> | undefined
}

const nobody = (reply: ReplyKind, reason: string): Found => ({ kind: 'nobody', reply, reason })

const foreign = nobody('not allowed', 'that is no Service of this cluster, and nobody else is served here')

/** Finds who serves a client that names a Service, or an address of one. */
export class Directory {
  readonly #parts: DirectoryParts
  #indexed: readonly ServicePort[] | undefined
  #listed: Listed = listed([])
  /** Why Services are not served, from when somebody asks. */
  #reasons: ReadonlyMap<string, string> | undefined

  constructor(parts: DirectoryParts) {
    this.#parts = parts
  }

  readonly find = (sought: Sought): Found => {
    const servicePorts = this.#parts.servicePorts()
    if (!servicePorts) return nobody('failed', 'the Services of the cluster are not known yet')
    if (servicePorts !== this.#indexed) {
      this.#indexed = servicePorts
      this.#listed = listed(servicePorts)
      this.#reasons = undefined
    }
    return sought.kind === 'address' ? this.#byAddress(sought) : this.#byName(sought)
  }

  #byAddress({ address, port: number }: Sought & { readonly kind: 'address' }): Found {
    const owner = this.#listed.owners.get(address)
    if (!owner) return foreign
    const place = asPort(number)
    const servicePort = place && this.#listed.places.get(endpointText({ address, port: place }))
    return servicePort ? this.#served(servicePort) : this.#withoutPort(owner, number)
  }

  #byName({ name, port: number }: Sought & { readonly kind: 'name' }): Found {
    const meaning = meaningOf(name, this.#parts)
    switch (meaning.kind) {
      case 'foreign':
        return foreign
      case 'part of a service':
        return nobody('unknown host', 'single pods and ports have no names here, only Services have')
      case 'service': {
        const known = this.#listed.services.get(serviceText(meaning))
        if (!known) return nobody('unknown host', this.#whyUnknown(meaning))
        const servicePort = known.tcp.get(number)
        return servicePort ? this.#served(servicePort) : this.#withoutPort(meaning, number)
      }
    }
  }

  #served({ id }: ServicePort): Found {
    const welcome = this.#parts.listenerOf(id)?.welcome
    return welcome ? { kind: 'service port', welcome } : nobody('failed', `${id} has no listener`)
  }

  #withoutPort(key: ServiceKey, number: number): Found {
    const text = serviceText(key)
    const { tcp, udp } = this.#listed.services.get(text) ?? {}
    const datagrams = udp?.get(number)
    if (datagrams) {
      const local = this.#parts.listenerOf(datagrams.id)?.port
      const cure = local === undefined ? '' : `; what to do: send datagrams to local port ${local}`
      return nobody('connection refused', `${text} has port ${number} for UDP only${cure}`)
    }
    const others = [...(tcp?.keys() ?? [])].join(', ')
    const but = others === '' ? '' : `, but ${others}`
    return nobody('connection refused', `${text} has no TCP port ${number}${but}`)
  }

  #whyUnknown(key: ServiceKey): string {
    this.#reasons ??= new Map(
      this.#parts.services().map(each => [`${each.namespace}/${each.name}`, each.reasons.join('; ')]),
    )
    const text = serviceText(key)
    const reason = this.#reasons.get(text)
    return reason === undefined ? `there is no Service ${text}` : `${text} is not served: ${reason}`
  }
}

const asPort = (number: number): Port | undefined => (number === 0 ? undefined : port(number))
