import type { Family } from '../model/ip-address.js'

/** The two ways in which the kernel keeps iptables rules. Neither shows the rules of the other. */
export type BackendKind = 'nft' | 'legacy'

/** One installation of iptables. */
export interface Backend {
  readonly kind: BackendKind
  /** What stands in its programs' names after `iptables`: `-nft`, `-legacy`, or nothing. */
  readonly infix: '' | '-nft' | '-legacy'
}

/** `iptables` or `ip6tables`. */
export const plainProgram = (family: Family): string => (family === 'IPv4' ? 'iptables' : 'ip6tables')

/** The program's name: `ip6tables-nft-save`. */
export const programOf = (backend: Backend, family: Family, verb: 'save' | 'restore'): string =>
  `${plainProgram(family)}${backend.infix}-${verb}`
