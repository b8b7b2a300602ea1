import { field, list, text, textFields, texts } from '../raw.js'

/** What we need of a Node. */
export interface Node {
  readonly name: string
  /** Where its pods' addresses are from: `10.244.1.0/24`, one a family. */
  readonly podCidrs: readonly string[]
  readonly addresses: readonly { readonly type: string; readonly address: string }[]
  readonly labels: Readonly<Record<string, string>>
  /** The keys of its taints. */
  readonly taints: readonly string[]
  /** Whether it is being deleted. */
  readonly deleting: boolean
}

/** Reads a Node; never throws. What is missing is empty. */
export const readNode = (object: unknown): Node => {
  const several = texts(field(object, 'spec', 'podCIDRs'))
  return {
    name: text(field(object, 'metadata', 'name')) ?? '',
    podCidrs: several.length > 0 ? several : texts([field(object, 'spec', 'podCIDR')]),
    addresses: list(field(object, 'status', 'addresses')).flatMap(each => {
      const type = text(field(each, 'type'))
      const address = text(field(each, 'address'))
      return type === undefined || address === undefined ? [] : [{ type, address }]
    }),
    labels: textFields(field(object, 'metadata', 'labels')),
    taints: list(field(object, 'spec', 'taints')).flatMap(each => texts([field(each, 'key')])),
    deleting: field(object, 'metadata', 'deletionTimestamp') !== undefined,
  }
}
