import type { Family } from '../../model/ip-address.js'
import type { AddressRules } from './address-rules.js'
import type { Node } from './node.js'

/** Where we run, as far as it matters to what becomes of a Service. */
export interface Place {
  /** Those that this machine has. */
  readonly families: readonly Family[]
  readonly rules: AddressRules
  /** The Node that we are. Absent: none, so no endpoint is local, and policies that ask for local ones are not followed. */
  readonly node?: Node
}
