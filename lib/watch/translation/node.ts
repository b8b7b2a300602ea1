import { type Cidr, cidr } from '../../model/cidr.js'
import { familyOf, type IpAddress, ipAddress } from '../../model/ip-address.js'
import { field, list, text, texts } from '../raw.js'

/** What we need of a Node. */
export interface Node {
  readonly name: string
  /** Where its pods' addresses are from: `10.244.1.0/24`, one a family. */
  readonly podCidrs: readonly Cidr[]
  /** Its addresses, first the primary one of each family. */
  readonly addresses: readonly IpAddress[]
  readonly zone?: string
  /** The keys of its taints. */
  readonly taints: readonly string[]
  /** Whether it is being deleted. */
  readonly deleting: boolean
}

/** What the cluster's autoscaler marks a Node with that it is going to remove. */
const leavingTaint = 'ToBeDeletedByClusterAutoscaler'

/** Whether load balancers may send clients to the node; as kube-proxy decides (pkg/proxy/healthcheck/proxy_health.go). */
export const isEligible = ({ deleting, taints }: Node): boolean => !deleting && !taints.includes(leavingTaint)

const zoneLabel = 'topology.kubernetes.io/zone'

/** What `read` makes of those texts that it takes. */
const readable = <Value>(written: readonly string[], read: (text: string) => Value): Value[] =>
  written.flatMap(each => {
    try {
      return [read(each)]
    } catch {
      return []
    }
  })

/** As kube-proxy chooses its node IPs: internal ones before external ones, and of each family the first. */
const addressesOf = (object: unknown): readonly IpAddress[] => {
  const written = list(field(object, 'status', 'addresses'))
  const ofType = (type: string): IpAddress[] =>
    readable(
      written.flatMap(each => (field(each, 'type') === type ? texts([field(each, 'address')]) : [])),
      ipAddress,
    )
  const all = [...ofType('InternalIP'), ...ofType('ExternalIP')]
  const firsts = all.filter(each => all.find(other => familyOf(other) === familyOf(each)) === each)
  return [...new Set([...firsts, ...all])]
}

/** Reads a Node; never throws. What is missing is empty. */
export const readNode = (object: unknown): Node => {
  const several = texts(field(object, 'spec', 'podCIDRs'))
  const zone = text(field(object, 'metadata', 'labels', zoneLabel))
  return {
    name: text(field(object, 'metadata', 'name')) ?? '',
    podCidrs: readable(several.length > 0 ? several : texts([field(object, 'spec', 'podCIDR')]), cidr),
    addresses: addressesOf(object),
    ...(zone !== undefined && { zone }),
    taints: list(field(object, 'spec', 'taints')).flatMap(each => texts([field(each, 'key')])),
    deleting: field(object, 'metadata', 'deletionTimestamp') !== undefined,
  }
}
