import type { Endpoint } from '../model/endpoint.js'
import type { Family } from '../model/ip-address.js'
import type { ApiObject } from './api-object.js'
import { serviceNetworks } from './network/addresses.js'
import { nodeObject } from './node-object.js'
import type { Objects, Resource } from './objects.js'

export interface BaseOptions {
  readonly nodeName: string
  /** Where the API server listens. */
  readonly api: Endpoint
  /** Those that the Node has; default IPv4. */
  readonly families?: readonly Family[]
  /** As the API writes it. */
  readonly now: () => string
}

const namespace = (name: string): ApiObject => ({
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
})

/** The ranges of cluster IPs, for whoever needs to know. */
const serviceCidr = (families: readonly Family[], now: string): ApiObject => ({
  metadata: { name: 'kubernetes' },
  spec: { cidrs: families.map(family => serviceNetworks[family]) },
  status: {
    conditions: [
      {
        ...{ type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' },
        lastTransitionTime: now,
      },
    ],
  },
})

const kubernetes = { name: 'kubernetes', namespace: 'default' }

/** The Service of the API server itself; an API server writes its endpoints itself, too. */
const apiObjects = ({ api: { address, port } }: BaseOptions): readonly (readonly [Resource, ApiObject])[] => [
  [
    'services',
    {
      metadata: { ...kubernetes, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.1',
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      },
    },
  ],
  [
    'endpoints',
    {
      metadata: { ...kubernetes, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
    },
  ],
  [
    'endpointslices',
    {
      metadata: { ...kubernetes, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports: [{ name: 'https', protocol: 'TCP', port }],
    },
  ],
]

/** Makes what every cluster has before anybody made anything, as far as it is not there. */
export const createBaseObjects = (objects: Objects, options: BaseOptions): void => {
  const { nodeName, families = ['IPv4'], now } = options
  const all: readonly (readonly [Resource, ApiObject])[] = [
    ...['default', 'kube-system', 'kube-public'].map(name => ['namespaces', namespace(name)] as const),
    ['nodes', nodeObject({ name: nodeName, number: 0, families, now: now() })],
    ['servicecidrs', serviceCidr(families, now())],
    ...apiObjects(options),
  ]
  for (const [resource, object] of all) {
    const { namespace = '', name } = object.metadata
    if (!objects.get(resource, namespace, name)) objects.create(resource, object)
  }
}
