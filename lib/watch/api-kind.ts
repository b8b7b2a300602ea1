import type { Resource } from '../model/api-event.js'

/** A kind of API object, and where to ask for it. */
export interface ApiKind {
  readonly resource: Resource
  readonly kind: string
  readonly apiVersion: string
  /** The list of all of them in the cluster, or in the namespace. */
  readonly path: string
  /** Absent: they are meant wherever they are. */
  readonly namespace?: string
  /** Which of them are meant: `metadata.name=worker-1`. Absent: all. */
  readonly fieldSelector?: string
}

export const services: ApiKind = {
  resource: 'services',
  kind: 'Service',
  apiVersion: 'v1',
  path: '/api/v1/services',
}

export const endpointSlices: ApiKind = {
  resource: 'endpointslices',
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  path: '/apis/discovery.k8s.io/v1/endpointslices',
}

/** What servers have that know no slices. */
export const endpoints: ApiKind = {
  resource: 'endpoints',
  kind: 'Endpoints',
  apiVersion: 'v1',
  path: '/api/v1/endpoints',
}

export const nodes: ApiKind = {
  resource: 'nodes',
  kind: 'Node',
  apiVersion: 'v1',
  path: '/api/v1/nodes',
}

/** The one Node that is called so: thousands of instances that follow all Nodes would be a stampede. */
export const nodeCalled = (name: string): ApiKind => ({ ...nodes, fieldSelector: `metadata.name=${name}` })

/** Those of one namespace: `/api/v1/namespaces/shop/services`. */
export const within = (kind: ApiKind, namespace: string): ApiKind => ({
  ...{ ...kind, namespace },
  path: kind.path.replace(/[^/]+$/, `namespaces/${encodeURIComponent(namespace)}/$&`),
})

/** What is asked for with `query`, and of which objects, as the path of a request. */
export const pathOf = ({ path, fieldSelector }: ApiKind, query: Readonly<Record<string, string>>): string => {
  const whole = new URLSearchParams({ ...query, ...(fieldSelector !== undefined && { fieldSelector }) })
  return whole.size === 0 ? path : `${path}?${whole.toString()}`
}

/** Which objects are meant, for an event. */
export const whichOf = ({ resource, namespace }: ApiKind): Pick<ApiKind, 'resource' | 'namespace'> => ({
  resource,
  ...(namespace !== undefined && { namespace }),
})
