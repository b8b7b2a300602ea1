import { listAt, textAt } from '../json.js'
import type { Objects } from '../objects.js'

/** What pods need to know of their Node. */
export interface PodNode {
  readonly podCidr: string
  /** Its InternalIP. */
  readonly address: string
  readonly zone: string | undefined
}

export const nodeNamed = (objects: Objects, name: string): PodNode | undefined => {
  const node = objects.get('nodes', '', name)
  if (!node) return undefined
  const internal = listAt(node, 'status', 'addresses').find(
    address => textAt(address, 'type') === 'InternalIP',
  )
  return {
    podCidr: textAt(node, 'spec', 'podCIDR'),
    address: textAt(internal, 'address'),
    zone: node.metadata.labels?.['topology.kubernetes.io/zone'],
  }
}
