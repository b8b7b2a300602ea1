import type { ApiObject } from '../../api-object.js'
import { listAt, textAt, textsAt } from '../../json.js'
import type { Objects } from '../../objects.js'
import { kinds } from '../kinds.js'
import type { User } from './authorization.js'
import type { Verb } from './target.js'

export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

const groupOf = (resource: string): string =>
  kinds.find(kind => kind.resource === resource.split('/')[0])?.group ?? ''

const has = (rule: unknown, names: 'apiGroups' | 'resources' | 'verbs', name: string): boolean =>
  textsAt(rule, names).some(each => each === name || each === '*')

/** Rules for single objects, by their names, allow nothing here. */
const allows = (rule: unknown, verb: Verb, resource: string): boolean =>
  textsAt(rule, 'resourceNames').length === 0 &&
  has(rule, 'apiGroups', groupOf(resource)) &&
  has(rule, 'resources', resource) &&
  has(rule, 'verbs', verb)

const binds = (binding: ApiObject, { namespace, name }: ServiceAccount): boolean =>
  listAt(binding, 'subjects').some(
    subject =>
      textAt(subject, 'kind') === 'ServiceAccount' &&
      textAt(subject, 'name') === name &&
      textAt(subject, 'namespace') === namespace,
  )

type Readable = Pick<Objects, 'list' | 'get'>

/** The rules of the role that a binding refers to. */
const rulesOf = (objects: Readable, binding: ApiObject): readonly unknown[] => {
  const name = textAt(binding, 'roleRef', 'name')
  const role =
    textAt(binding, 'roleRef', 'kind') === 'Role'
      ? objects.get('roles', binding.metadata.namespace ?? '', name)
      : objects.get('clusterroles', '', name)
  return listAt(role, 'rules')
}

/**
 * A service account, which may do what the roles say that are bound to it, in the whole cluster or in the namespace of the binding,
 * as they are at that moment: RBAC, without aggregation and groups.
 */
export const roleBased = (objects: Readable, account: ServiceAccount): User => ({
  name: `system:serviceaccount:${account.namespace}:${account.name}`,
  may: (verb, resource, namespace) =>
    [
      ...objects.list('clusterrolebindings'),
      ...(namespace === '' ? [] : objects.list('rolebindings', namespace)),
    ]
      .filter(binding => binds(binding, account))
      .flatMap(binding => rulesOf(objects, binding))
      .some(rule => allows(rule, verb, resource)),
})
