import { familyOf, type IpAddress } from './ip-address.js'

const kinds: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /^127\./, name: 'loopback' },
  { pattern: /^169\.254\./, name: 'link-local' },
  { pattern: /^(22[4-9]|23\d)\./, name: 'multicast' },
  { pattern: /^0\./, name: 'unspecified' },
  { pattern: /^255\.255\.255\.255$/, name: 'broadcast' },
  { pattern: /^::1$/, name: 'loopback' },
  { pattern: /^fe[89ab]/, name: 'link-local' },
  { pattern: /^ff/, name: 'multicast' },
  { pattern: /^::$/, name: 'unspecified' },
]

/**
 * Why an endpoint at `address` is never dialled, or undefined when it may be. Whoever writes endpoints could
 * otherwise reach, through us, what listens on the node itself (CVE-2020-8554 and its relatives).
 */
export const whyUndialable = (address: IpAddress): string | undefined => {
  const kind = kinds.find(({ pattern }) => pattern.test(address))
  return kind && `${familyOf(address)} ${kind.name} address`
}
