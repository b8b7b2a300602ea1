import { apiVersionOf, type Kind } from '../kinds.js'

/** What a path names: a collection where `name` is '', else one object, or a subresource of it. */
export interface Target {
  readonly kind: Kind
  /** '' for all namespaces, and for kinds that have none. */
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

type Find = (resource: string | undefined) => Kind | undefined

const withinNamespace = (find: Find, segments: readonly string[]): Target | undefined => {
  const [, namespace = '', resource, name = '', subresource = ''] = segments
  const kind = find(resource)
  return kind?.namespaced ? { kind, namespace, name, subresource } : undefined
}

/** Reads the path of a resource, or undefined when there is nothing of the kind among those that are `known`. */
export const targetOf = (path: string, known: readonly Kind[]): Target | undefined => {
  const [root, ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent)
  if (root !== 'api' && root !== 'apis') return undefined
  const apiVersion = rest.slice(0, root === 'api' ? 1 : 2).join('/')
  const segments = rest.slice(root === 'api' ? 1 : 2)
  const [first, , third] = segments
  const find: Find = resource =>
    known.find(kind => apiVersionOf(kind) === apiVersion && kind.resource === resource)
  if (first === 'namespaces' && third !== undefined && third !== 'status')
    return withinNamespace(find, segments)
  const [, name = '', subresource = ''] = segments
  const kind = find(first)
  return kind && (name === '' || !kind.namespaced) ? { kind, namespace: '', name, subresource } : undefined
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

/** What is asked of the target, or undefined when it cannot be. */
export const verbOf = (method: string, { name }: Target, query: URLSearchParams): Verb | undefined => {
  const one = name !== ''
  switch (method) {
    case 'GET':
      if (one) return 'get'
      return ['1', 'true'].includes(query.get('watch') ?? '') ? 'watch' : 'list'
    case 'POST':
      return one ? undefined : 'create'
    case 'PUT':
      return one ? 'update' : undefined
    case 'PATCH':
      return one ? 'patch' : undefined
    case 'DELETE':
      return one ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}
