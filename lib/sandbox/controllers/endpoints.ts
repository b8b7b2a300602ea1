import type { Family } from '../../model/ip-address.js'
import type { ApiObject } from '../api-object.js'
import { compact, type JsonObject, textAt, textsAt } from '../json.js'
import type { Objects } from '../objects.js'
import { type Backend, backendsOf, isHeadless, selectorOf, targetRef } from './backends.js'
import { type Controller, keyOf, partsOf } from './controller.js'

const addressOf = ({ pod, address }: Backend): JsonObject => ({
  ip: address,
  nodeName: textAt(pod, 'spec', 'nodeName'),
  targetRef: targetRef(pod),
})

const listOrNothing = (backends: readonly Backend[]): readonly JsonObject[] | undefined =>
  backends.length > 0 ? backends.map(addressOf) : undefined

// Endpoints hold one family only: that of the Service's first cluster IP.
const firstFamilyOf = (service: ApiObject): Family =>
  textsAt(service, 'spec', 'ipFamilies')[0] === 'IPv6' ? 'IPv6' : 'IPv4'

/** The subsets of a Service's Endpoints: pods with equal ports together; those that are going only where unready ones are published. */
export const subsetsFor = (service: ApiObject, pods: readonly ApiObject[]): readonly JsonObject[] => {
  const byPorts = new Map<string, Backend[]>()
  for (const backend of backendsOf(service, pods, firstFamilyOf(service))) {
    if (backend.terminating && !backend.ready) continue
    const key = JSON.stringify(backend.ports)
    byPorts.set(key, [...(byPorts.get(key) ?? []), backend])
  }
  return [...byPorts.values()].map(backends =>
    compact({
      addresses: listOrNothing(backends.filter(({ ready }) => ready)),
      notReadyAddresses: listOrNothing(backends.filter(({ ready }) => !ready)),
      ports: backends[0]?.ports.map(({ name, port, protocol }) => ({
        ...(name !== '' && { name }),
        port,
        protocol,
      })),
    }),
  )
}

const endpointsFor = (service: ApiObject, pods: readonly ApiObject[]): ApiObject => {
  const { name, namespace = '', labels } = service.metadata
  const subsets = subsetsFor(service, pods)
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      labels: {
        ...labels,
        ...(isHeadless(service) && { 'service.kubernetes.io/headless': '' }),
        'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      },
    },
    ...(subsets.length > 0 && { subsets }),
  }
}

/** Keeps the Endpoints of Services that select pods, and removes those of Services that are gone, by whomever made. */
export const endpoints = (objects: Objects): Controller => ({
  dirtiedBy: ({ type, resource, object }) => {
    const { namespace = '' } = object.metadata
    if (resource === 'services') return [keyOf(object.metadata)]
    if (resource === 'pods')
      return objects.list('services', namespace).map(service => keyOf(service.metadata))
    // Endpoints may be there before their Service.
    const service = objects.get('services', namespace, object.metadata.name)
    return resource === 'endpoints' && type !== 'ADDED' && service ? [keyOf(object.metadata)] : []
  },
  reconcile: key => {
    const [namespace, name] = partsOf(key)
    const service = objects.get('services', namespace, name)
    if (!service) {
      objects.remove('endpoints', namespace, name)
      return
    }
    if (!selectorOf(service)) return
    const wanted = endpointsFor(service, objects.list('pods', namespace))
    const existing = objects.get('endpoints', namespace, name)
    if (!existing) objects.create('endpoints', wanted)
    else objects.update('endpoints', { ...wanted, metadata: { ...existing.metadata, ...wanted.metadata } })
  },
})
