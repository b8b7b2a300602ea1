import type { Cidr } from './cidr.js'

/** How the kernel tells packets of this node's own pods from others'; kube-proxy's `--detect-local-mode`. */
export type OwnPods =
  | { readonly kind: 'unknown' }
  /** By their source, one or more ranges a family. */
  | { readonly kind: 'cidrs'; readonly cidrs: readonly Cidr[] }
  /** By the interface they come in over: a name, or the beginning of names with a `+` after it, as iptables has it. */
  | { readonly kind: 'interface'; readonly name: string }
