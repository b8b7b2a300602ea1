import { apiVersionOf, type Kind } from '../kinds.js'

type Document = Readonly<Record<string, unknown>>

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const subresourceVerbs = ['get', 'patch', 'update']

const resourcesOf = (kind: Kind): readonly Document[] => [
  {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
  },
  ...kind.subresources.map(subresource => ({
    name: `${kind.resource}/${subresource}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(subresource === 'scale'
      ? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
      : { kind: kind.kind }),
    verbs: subresourceVerbs,
  })),
]

const resourceList = (groupVersion: string, known: readonly Kind[]): Document => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: known.filter(kind => apiVersionOf(kind) === groupVersion).flatMap(resourcesOf),
})

const groupOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): Document => {
  const only = { groupVersion: `${group}/${version}`, version }
  return { name: group, versions: [only], preferredVersion: only }
}

/** What the server has, by the paths at which clients ask before they ask for it. */
export const discoveryOf = (known: readonly Kind[]): ReadonlyMap<string, Document> => {
  const named = known.filter(({ group }) => group !== '')
  const groups = [...new Map(named.map(kind => [kind.group, groupOf(kind)])).values()]
  return new Map<string, Document>([
    ['/api', { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }],
    ['/apis', { kind: 'APIGroupList', apiVersion: 'v1', groups }],
    ['/api/v1', resourceList('v1', known)],
    ...named.flatMap((kind): [string, Document][] => [
      [`/apis/${kind.group}`, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(kind) }],
      [`/apis/${apiVersionOf(kind)}`, resourceList(apiVersionOf(kind), known)],
    ]),
  ])
}
