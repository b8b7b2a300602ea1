import { type Kind } from '../kinds.js'
import { StatusError } from '../status-error.js'
import type { Target, Verb } from './target.js'

/** Who a bearer token stands for, and what they may do. */
export interface User {
  readonly name: string
  /** Absent: everything. `resource` is as RBAC has it: `pods`, `deployments/scale`; `namespace` '' for all. */
  readonly may?: (verb: Verb, resource: string, namespace: string) => boolean
}

/** Users by their bearer tokens. */
export type Tokens = Readonly<Record<string, User>>

const everybody: User = { name: 'system:admin' }

// What a Kubernetes API server shows to all who can reach it.
const publicPaths = ['/healthz', '/livez', '/readyz', '/version']

const anonymous: User = { name: 'system:anonymous', may: () => false }

/** Who asks. Without `tokens` that does not matter. Throws 401 for a token that nobody has. */
export const userOf = (authorization: string, tokens: Tokens | undefined): User => {
  if (!tokens) return everybody
  if (authorization === '') return anonymous
  const [, token = ''] = /^Bearer (.+)$/i.exec(authorization) ?? []
  const user = Object.hasOwn(tokens, token) ? tokens[token] : undefined
  if (!user) throw new StatusError(401, 'Unauthorized', { reason: 'Unauthorized' })
  return user
}

const detailsOf = (kind: Kind, name: string): Readonly<Record<string, unknown>> => ({
  ...(name === '' ? {} : { name }),
  ...(kind.group === '' ? {} : { group: kind.group }),
  kind: kind.resource,
})

/** Throws 403 when the user may not do this. */
export const authorize = (user: User, verb: Verb, { kind, namespace, name, subresource }: Target): void => {
  const resource = subresource === '' ? kind.resource : `${kind.resource}/${subresource}`
  if (user.may?.(verb, resource, namespace) ?? true) return
  const what = `${kind.resource}${kind.group === '' ? '' : `.${kind.group}`}${name === '' ? '' : ` "${name}"`}`
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  throw new StatusError(
    403,
    `${what} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group ` +
      `"${kind.group}" ${where}`,
    { reason: 'Forbidden', details: detailsOf(kind, name) },
  )
}

/** Throws 403 when the user may not see a path that is no resource: everybody known may see all of them. */
export const authorizePath = (user: User, path: string): void => {
  if (user !== anonymous || publicPaths.some(open => path === open || path.startsWith(`${open}/`))) return
  throw new StatusError(403, `forbidden: User "${user.name}" cannot get path "${path}"`, {
    reason: 'Forbidden',
    details: {},
  })
}
