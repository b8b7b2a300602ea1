/** What somebody may do with one kind of object. */
export interface Rule {
  /** '' for the core: Services, pods. */
  readonly group: string
  /** `services`, `pods/portforward`. */
  readonly resource: string
  readonly verbs: readonly string[]
}

export interface RoleOptions {
  /**
   * What the role is called; to apply another one of its name would take these rights away, as it would those of the DaemonSet,
   * `kube-portal`. Default: `kube-portal-user`.
   */
  readonly name?: string
  /** Where it is needed, a Role in each; absent: in the whole cluster, a ClusterRole. */
  readonly namespaces?: readonly string[] | undefined
  readonly rules: readonly Rule[]
  /** Who gets it, as the API server names them; absent: whoever applies it has to say. */
  readonly user?: string | undefined
}

const authorization = 'rbac.authorization.k8s.io'

/** As it is, unless YAML could take it for something else. */
const yaml = (text: string): string =>
  /^[a-z][-a-z0-9.@:/]*[a-z0-9]$/i.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)

const subjectOf = (user: string): string => {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? []
  return namespace !== undefined && name !== undefined
    ? `{ kind: ServiceAccount, namespace: ${yaml(namespace)}, name: ${yaml(name)} }`
    : `{ kind: User, apiGroup: ${authorization}, name: ${yaml(user)} }`
}

const ruleText = ({ group, resource, verbs }: Rule): string =>
  `- { apiGroups: [${JSON.stringify(group)}], resources: [${yaml(resource)}], verbs: [${verbs.join(', ')}] }\n`

const documentsFor = (
  namespace: string | undefined,
  { name = 'kube-portal-user', rules, user }: RoleOptions,
): readonly string[] => {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  const metadata =
    namespace === undefined ? `{ name: ${name} }` : `{ name: ${name}, namespace: ${yaml(namespace)} }`
  const head = (what: string): string =>
    `apiVersion: ${authorization}/v1\nkind: ${what}\nmetadata: ${metadata}\n`
  const role = `${head(kind)}rules:\n${rules.map(ruleText).join('')}`
  if (user === undefined) return [role]
  const reference = `roleRef: { apiGroup: ${authorization}, kind: ${kind}, name: ${name} }\n`
  return [role, `${head(`${kind}Binding`)}${reference}subjects:\n- ${subjectOf(user)}\n`]
}

/** The rights as YAML for `kubectl apply -f -`: a Role or a ClusterRole, and its binding where the user is known. */
export const roleFor = (options: RoleOptions): string =>
  (options.namespaces ?? [undefined]).flatMap(namespace => documentsFor(namespace, options)).join('---\n')

/** What the server calls those who show no credentials, which is the whole world. */
const anonymous = 'system:anonymous'

/** Whether who was refused showed no credentials. */
export const isAnonymous = (message: string): boolean => message.includes(`User "${anonymous}" cannot `)

/** Who was refused, as the server's message says: `User "ada" cannot list resource …`; undefined where it does not. */
export const userIn = (message: string): string | undefined => {
  const [, quoted] = /User ("(?:[^"\\]|\\.)*") cannot /.exec(message) ?? []
  try {
    const user: unknown = quoted === undefined ? undefined : JSON.parse(quoted)
    return typeof user === 'string' && user !== '' ? user : undefined
  } catch {
    return undefined
  }
}

/** What to do so that a user who was refused is not: several lines, to be pasted into a shell. */
export const howToGrant = (options: RoleOptions): string => {
  const { namespaces, user } = options
  const to = user === undefined ? 'and bind it to your user' : `which gives it to ${user}`
  const where = namespaces ? '' : '; or limit it to namespaces where you have it, with -n'
  return `let an administrator of the cluster apply this, ${to}${where}:\n\nkubectl apply -f - <<'EOF'\n${roleFor(options)}EOF`
}
