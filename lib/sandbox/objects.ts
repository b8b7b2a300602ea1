import type { ApiObject } from './api-object.js'

/** The kinds of the sandbox's API, as their resources are called. */
export type Resource =
  | 'namespaces'
  | 'nodes'
  | 'services'
  | 'endpoints'
  | 'endpointslices'
  | 'pods'
  | 'deployments'
  | 'replicasets'
  | 'events'
  | 'servicecidrs'
  | 'configmaps'
  | 'serviceaccounts'
  | 'daemonsets'
  | 'clusterroles'
  | 'clusterrolebindings'
  | 'roles'
  | 'rolebindings'

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: Resource
  readonly object: ApiObject
}

/** The cluster's state, as its controllers see it. What goes in is defaulted and validated as the API does. */
export interface Objects {
  /** All of them, or those of one namespace, by namespace and name. */
  list(resource: Resource, namespace?: string): readonly ApiObject[]
  /** `namespace` is '' for kinds that have none. */
  get(resource: Resource, namespace: string, name: string): ApiObject | undefined
  /** Throws a `StatusError` (409, 422) when the API would refuse it. Resolves names, versions, defaults. */
  create(resource: Resource, object: ApiObject): ApiObject
  /** Replaces the whole object, status included. An object equal to what is there changes nothing. */
  update(resource: Resource, object: ApiObject): ApiObject
  /** Marks it as going away within `grace` seconds. Whoever looks after it then removes it. */
  terminate(resource: Resource, object: ApiObject, grace: number): ApiObject
  /** Takes it away at once, without grace. Content when it is not there. */
  remove(resource: Resource, namespace: string, name: string): void
  /** Calls `listener` after every change, in order. Returns what ends that. */
  onChange(listener: (change: ObjectChange) => void): () => void
}
