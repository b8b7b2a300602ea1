import type { Resource } from '../objects.js'

/** How a kind of object is called, and what can be done with it. */
export interface Kind {
  readonly resource: Resource
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly subresources: readonly Subresource[]
  /** Whether `metadata.generation` counts the changes of what is asked for. */
  readonly generation: boolean
  /** Which rule of RFC 1123 or 1035 a name must follow. */
  readonly names: 'subdomain' | 'label' | 'service'
}

export type Subresource = 'status' | 'scale'

const core = { group: '', version: 'v1', categories: [], shortNames: [], subresources: [], generation: false }
const apps = {
  group: 'apps',
  version: 'v1',
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  generation: true,
  names: 'subdomain',
} as const

const rbac = { ...core, group: 'rbac.authorization.k8s.io', namespaced: false, names: 'subdomain' } as const

/** Every kind of the sandbox, in the order in which a deleted namespace is emptied. */
export const kinds: readonly Kind[] = [
  { ...apps, resource: 'deployments', kind: 'Deployment', singular: 'deployment', shortNames: ['deploy'] },
  { ...apps, resource: 'replicasets', kind: 'ReplicaSet', singular: 'replicaset', shortNames: ['rs'] },
  {
    ...{ ...apps, resource: 'daemonsets', kind: 'DaemonSet', singular: 'daemonset', shortNames: ['ds'] },
    subresources: ['status'],
  },
  {
    ...core,
    ...{ resource: 'pods', kind: 'Pod', singular: 'pod', shortNames: ['po'], categories: ['all'] },
    ...{ namespaced: true, subresources: ['status'], names: 'subdomain' },
  },
  {
    ...core,
    ...{
      resource: 'services',
      kind: 'Service',
      singular: 'service',
      shortNames: ['svc'],
      categories: ['all'],
    },
    ...{ namespaced: true, subresources: ['status'], names: 'service' },
  },
  {
    ...core,
    ...{ resource: 'endpoints', kind: 'Endpoints', singular: 'endpoints', shortNames: ['ep'] },
    ...{ namespaced: true, names: 'subdomain' },
  },
  {
    ...core,
    ...{ resource: 'endpointslices', kind: 'EndpointSlice', singular: 'endpointslice' },
    ...{ group: 'discovery.k8s.io', namespaced: true, generation: true, names: 'subdomain' },
  },
  {
    ...core,
    ...{ resource: 'events', kind: 'Event', singular: 'event', shortNames: ['ev'] },
    ...{ namespaced: true, names: 'subdomain' },
  },
  {
    ...core,
    ...{ resource: 'configmaps', kind: 'ConfigMap', singular: 'configmap', shortNames: ['cm'] },
    ...{ namespaced: true, names: 'subdomain' },
  },
  {
    ...core,
    ...{
      resource: 'serviceaccounts',
      kind: 'ServiceAccount',
      singular: 'serviceaccount',
      shortNames: ['sa'],
    },
    ...{ namespaced: true, names: 'subdomain' },
  },
  { ...rbac, resource: 'clusterroles', kind: 'ClusterRole', singular: 'clusterrole' },
  {
    ...rbac,
    ...{ resource: 'clusterrolebindings', kind: 'ClusterRoleBinding', singular: 'clusterrolebinding' },
  },
  { ...rbac, namespaced: true, resource: 'roles', kind: 'Role', singular: 'role' },
  { ...rbac, namespaced: true, resource: 'rolebindings', kind: 'RoleBinding', singular: 'rolebinding' },
  {
    ...core,
    ...{ resource: 'nodes', kind: 'Node', singular: 'node', shortNames: ['no'] },
    ...{ namespaced: false, subresources: ['status'], names: 'subdomain' },
  },
  {
    ...core,
    ...{ resource: 'servicecidrs', kind: 'ServiceCIDR', singular: 'servicecidr' },
    ...{ group: 'networking.k8s.io', namespaced: false, subresources: ['status'], names: 'subdomain' },
  },
  {
    ...core,
    ...{ resource: 'namespaces', kind: 'Namespace', singular: 'namespace', shortNames: ['ns'] },
    ...{ namespaced: false, subresources: ['status'], names: 'label' },
  },
]

const byResource = new Map(kinds.map(kind => [kind.resource, kind]))

export const kindOf = (resource: Resource): Kind => {
  const kind = byResource.get(resource)
  if (!kind) throw new RangeError(`no such resource: ${resource}`)
  return kind
}

/** What objects of the kind carry as `apiVersion`. */
export const apiVersionOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`

/** The kind's name with its group, as messages have it: `deployments.apps`. */
export const groupResource = ({ group, resource }: Pick<Kind, 'group' | 'resource'>): string =>
  group === '' ? resource : `${resource}.${group}`
