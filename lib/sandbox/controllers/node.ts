import { listAt, textAt, textsAt } from '../json.js'
import type { Objects } from '../objects.js'

/** What pods need to know of their Node. */
export interface PodNode {
  /** One a family. */
  readonly podCidrs: readonly string[]
  /** Its InternalIPs. */
  readonly addresses: readonly string[]
  readonly zone: string | undefined
}

export const nodeNamed = (objects: Objects, name: string): PodNode | undefined => {
  const node = objects.get('nodes', '', name)
  if (!node) return undefined
  const internal = listAt(node, 'status', 'addresses').filter(
    address => textAt(address, 'type') === 'InternalIP',
  )
  const several = textsAt(node, 'spec', 'podCIDRs')
  return {
    podCidrs: several.length > 0 ? several : [textAt(node, 'spec', 'podCIDR')],
    addresses: internal.map(address => textAt(address, 'address')),
    zone: node.metadata.labels?.['topology.kubernetes.io/zone'],
  }
}
