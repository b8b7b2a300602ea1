import type { Resource } from '../model/event.js'

/** A kind of API object, and where to ask for it. */
export interface ApiKind {
  readonly resource: Resource
  readonly kind: string
  readonly apiVersion: string
  /** The list of all of them in the cluster. */
  readonly path: string
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

export const nodes: ApiKind = {
  resource: 'nodes',
  kind: 'Node',
  apiVersion: 'v1',
  path: '/api/v1/nodes',
}
