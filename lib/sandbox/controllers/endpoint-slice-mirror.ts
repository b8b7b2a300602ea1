import { type Family, familyOf, ipAddress } from '../../model/ip-address.js'
import type { ApiObject } from '../api-object.js'
import { compact, type JsonObject, listAt, numberAt, textAt } from '../json.js'
import type { Objects } from '../objects.js'
import { selectorOf } from './backends.js'
import { type Controller, keyOf, partsOf } from './controller.js'
import { ownerReference } from './owner.js'
import type { EndpointGroup } from './slice-plan.js'
import { writeSlices } from './write-slices.js'

const manager = 'endpointslicemirroring-controller.k8s.io'
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror'
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

const orNothing = (text: string): string | undefined => (text === '' ? undefined : text)

const endpointOf = (address: unknown, ready: boolean): JsonObject =>
  compact({
    addresses: [textAt(address, 'ip')],
    conditions: { ready },
    hostname: orNothing(textAt(address, 'hostname')),
    nodeName: orNothing(textAt(address, 'nodeName')),
  })

const portOf = (port: unknown): JsonObject => ({
  name: textAt(port, 'name'),
  protocol: textAt(port, 'protocol') || 'TCP',
  port: numberAt(port, 'port'),
})

const isOf =
  (family: Family) =>
  (address: unknown): boolean =>
    familyOf(ipAddress(textAt(address, 'ip'))) === family

/** What hand-made Endpoints say, as slices have it: by family and by subset. */
export const mirrored = (endpoints: ApiObject): readonly EndpointGroup[] =>
  listAt(endpoints, 'subsets').flatMap(subset =>
    (['IPv4', 'IPv6'] as const).flatMap(family => {
      const ready = listAt(subset, 'addresses').filter(isOf(family))
      const unready = listAt(subset, 'notReadyAddresses').filter(isOf(family))
      const all = [
        ...ready.map(address => endpointOf(address, true)),
        ...unready.map(address => endpointOf(address, false)),
      ]
      return all.length === 0
        ? []
        : [{ addressType: family, ports: listAt(subset, 'ports').map(portOf), endpoints: all }]
    }),
  )

const isMirrored = (endpoints: ApiObject, service: ApiObject | undefined): boolean =>
  service !== undefined && !selectorOf(service) && endpoints.metadata.labels?.[skipLabel] !== 'true'

const copied = (annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== lastApplied))

/** Copies hand-made Endpoints of Services without a selector into EndpointSlices, which proxies read. */
export const endpointSliceMirror = (objects: Objects): Controller => ({
  dirtiedBy: ({ resource, object }) =>
    resource === 'endpoints' || resource === 'services' ? [keyOf(object.metadata)] : [],
  reconcile: key => {
    const [namespace, name] = partsOf(key)
    const endpoints = objects.get('endpoints', namespace, name)
    // With the Endpoints their slices go: they own them.
    if (!endpoints) return
    const groups = isMirrored(endpoints, objects.get('services', namespace, name)) ? mirrored(endpoints) : []
    const metadata = {
      labels: endpoints.metadata.labels ?? {},
      annotations: copied(endpoints.metadata.annotations ?? {}),
      ownerReferences: [ownerReference(endpoints)],
    }
    writeSlices(objects, { namespace, name, manager, metadata }, groups)
  },
})
