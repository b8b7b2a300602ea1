import type { Resource } from '../model/event.js'

/** A kind of API object, and where to ask for it. */
export interface ApiKind {
  readonly resource: Resource
  readonly kind: string
  readonly apiVersion: string
  /** The list of all of them in the cluster. */
  readonly path: string
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

/** The one Node that is called so: thousands of instances that follow all Nodes would be a stampede. */
export const nodeCalled = (name: string): ApiKind => ({
  resource: 'nodes',
  kind: 'Node',
  apiVersion: 'v1',
  path: '/api/v1/nodes',
  fieldSelector: `metadata.name=${name}`,
})

/** What is asked for with `query`, and of which objects, as the path of a request. */
export const pathOf = ({ path, fieldSelector }: ApiKind, query: Readonly<Record<string, string>>): string => {
  const whole = new URLSearchParams({ ...query, ...(fieldSelector !== undefined && { fieldSelector }) })
  return whole.size === 0 ? path : `${path}?${whole.toString()}`
}
