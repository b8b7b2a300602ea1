import { type Family } from '../../model/ip-address.js'
import type { ApiObject } from '../api-object.js'
import { compact, type JsonObject, textAt, textsAt } from '../json.js'
import type { ObjectChange, Objects } from '../objects.js'
import { type Backend, backendsOf, isHeadless, selectorOf, targetRef } from './backends.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { hintsFor } from './hints.js'
import { nodeNamed } from './node.js'
import { ownerReference } from './owner.js'
import type { EndpointGroup } from './slice-plan.js'
import { writeSlices } from './write-slices.js'

const manager = 'endpointslice-controller.k8s.io'

/** The zone of a Node by its name. */
export type ZoneOf = (nodeName: string) => string | undefined

interface Topology {
  /** What the Service says of it; '' for nothing. */
  readonly distribution: string
  readonly zoneOf: ZoneOf
}

const endpointOf = (backend: Backend, { distribution, zoneOf }: Topology): JsonObject => {
  const { pod, address, ready, serving, terminating } = backend
  const nodeName = textAt(pod, 'spec', 'nodeName')
  const zone = zoneOf(nodeName)
  const hints = ready ? hintsFor(distribution, { nodeName, zone }) : undefined
  return compact({
    ...{ addresses: [address], conditions: { ready, serving, terminating }, targetRef: targetRef(pod) },
    ...{ nodeName, zone, hints },
  })
}

const familiesOf = (service: ApiObject): readonly Family[] => {
  const families = (['IPv4', 'IPv6'] as const).filter(family =>
    textsAt(service, 'spec', 'ipFamilies').includes(family),
  )
  return families.length > 0 ? families : ['IPv4']
}

/**
 * The endpoints of `service`, by family and by ports: a named target port that differs from pod to pod makes groups of
 * its own. A family without any has one empty group.
 */
export const groupsFor = (
  service: ApiObject,
  pods: readonly ApiObject[],
  zoneOf: ZoneOf,
): readonly EndpointGroup[] =>
  familiesOf(service).flatMap(addressType => {
    const topology = { distribution: textAt(service, 'spec', 'trafficDistribution'), zoneOf }
    const byPorts = new Map<string, Backend[]>()
    for (const backend of backendsOf(service, pods, addressType)) {
      const key = JSON.stringify(backend.ports)
      byPorts.set(key, [...(byPorts.get(key) ?? []), backend])
    }
    if (byPorts.size === 0) return [{ addressType, ports: [], endpoints: [] }]
    return [...byPorts.values()].map(backends => ({
      addressType,
      ports: backends[0]?.ports ?? [],
      endpoints: backends.map(backend => endpointOf(backend, topology)),
    }))
  })

/** The Services that `change` may concern: itself, all for a Node's zone, those of a pod's namespace, or the one a slice is for. */
const concerned = (objects: Objects, { resource, object }: ObjectChange): readonly string[] => {
  const { namespace = '', labels } = object.metadata
  if (resource === 'services') return [keyOf(object.metadata)]
  if (resource === 'nodes') return objects.list('services').map(service => keyOf(service.metadata))
  if (resource === 'pods') return objects.list('services', namespace).map(service => keyOf(service.metadata))
  const name = labels?.['kubernetes.io/service-name']
  return resource === 'endpointslices' && name !== undefined ? [keyOf({ namespace, name })] : []
}

/** Keeps the EndpointSlices of Services that select pods. Those of a Service that is gone go with it. */
export const endpointSlices = (objects: Objects): Controller => ({
  dirtiedBy: change => concerned(objects, change),
  reconcile: key => {
    const [namespace, name] = partsOf(key)
    const service = objects.get('services', namespace, name)
    // Without a selector the slices are somebody else's from now on.
    if (!service || !selectorOf(service)) return
    const headless = isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {}
    const metadata = {
      labels: { ...service.metadata.labels, ...headless },
      ownerReferences: [ownerReference(service)],
    }
    const groups = groupsFor(service, objects.list('pods', namespace), node => nodeNamed(objects, node)?.zone)
    writeSlices(objects, { namespace, name, manager, metadata }, groups)
  },
})
