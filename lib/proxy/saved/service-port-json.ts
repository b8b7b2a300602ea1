import { type Cidr, cidr } from '../../model/cidr.js'
import type { Endpoint } from '../../model/endpoint.js'
import { ipAddress } from '../../model/ip-address.js'
import { milliseconds } from '../../model/milliseconds.js'
import { port } from '../../model/port.js'
import type { Clients, Portal } from '../../model/portal.js'
import {
  type Affinity,
  type ServicePort,
  servicePortId,
  type ServicePortName,
} from '../../model/service-port.js'
import type { OnEndpointGone, Terms } from '../../model/terms.js'
import { flagIn, listIn, numberIn, objectIn, textIn, wordIn } from '../../model/json.js'

/** The service port as a line of JSON. Its id is left out: it says nothing that the rest does not. */
export const servicePortLine = (servicePort: ServicePort): string =>
  JSON.stringify({ ...servicePort, id: undefined })

const cidrIn = (value: unknown): Cidr => {
  const { address, bits } = objectIn(value)
  return cidr(`${textIn(address)}/${numberIn(bits)}`)
}

const endpointIn = (value: unknown): Endpoint => {
  const { address, port: number } = objectIn(value)
  return { address: ipAddress(textIn(address)), port: port(numberIn(number)) }
}

const everyClients: readonly Clients[] = ['everybody', 'insiders', 'outsiders']

const portalIn = (value: unknown): Portal => {
  const portal = objectIn(value)
  const clients = (): Clients => wordIn(portal.clients, everyClients)
  const kind = wordIn(portal.kind, ['cluster-ip', 'external-ip', 'load-balancer', 'node-port'])
  switch (kind) {
    case 'cluster-ip':
      return { kind, ...endpointIn(portal) }
    case 'external-ip':
      return { kind, ...endpointIn(portal), clients: clients() }
    case 'load-balancer': {
      const { sources } = portal
      const limited = sources === undefined ? {} : { sources: listIn(sources).map(cidrIn) }
      return { kind, ...endpointIn(portal), clients: clients(), ...limited }
    }
    case 'node-port':
      return { kind, port: port(numberIn(portal.port)), clients: clients() }
  }
}

const affinityIn = (value: unknown): Affinity => {
  const { kind, timeout } = objectIn(value)
  return wordIn(kind, ['none', 'client-ip']) === 'none'
    ? { kind: 'none' }
    : { kind: 'client-ip', timeout: milliseconds(numberIn(timeout)) }
}

const onEndpointGoneIn = (value: unknown): OnEndpointGone => {
  const { kind, grace } = objectIn(value)
  return wordIn(kind, ['keep', 'reset']) === 'keep'
    ? { kind: 'keep' }
    : { kind: 'reset', grace: milliseconds(numberIn(grace)) }
}

const termsIn = (value: unknown): Terms => {
  const { idleTimeout, onEndpointGone, proxyProtocol } = objectIn(value)
  return {
    ...(idleTimeout !== undefined && { idleTimeout: milliseconds(numberIn(idleTimeout)) }),
    ...(onEndpointGone !== undefined && { onEndpointGone: onEndpointGoneIn(onEndpointGone) }),
    ...(proxyProtocol !== undefined && { proxyProtocol: wordIn(proxyProtocol, ['v1', 'v2']) }),
  }
}

const nameIn = (value: unknown): ServicePortName => {
  const name = objectIn(value)
  return {
    namespace: textIn(name.namespace),
    service: textIn(name.service),
    port: textIn(name.port),
    protocol: wordIn(name.protocol, ['TCP', 'UDP', 'SCTP']),
  }
}

/** What `servicePortLine` wrote. Throws TypeError, RangeError or SyntaxError where it makes no sense. */
export const servicePortIn = (line: string): ServicePort => {
  const value: unknown = JSON.parse(line)
  const saved = objectIn(value)
  const name = nameIn(saved.name)
  const family = wordIn(saved.family, ['IPv4', 'IPv6'])
  const policy = wordIn(saved.policy, ['Cluster', 'Local'])
  return {
    ...{ id: servicePortId(name, { family, policy }), name, family, policy },
    portals: listIn(saved.portals).map(portalIn),
    endpoints: listIn(saved.endpoints).map(endpointIn),
    othersServe: flagIn(saved.othersServe),
    affinity: affinityIn(saved.affinity),
    terms: termsIn(saved.terms),
  }
}
