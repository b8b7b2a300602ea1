import { type Family, type IpAddress, ipAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'

/** Where captured packets are sent: to an address of the interface they came in over, or to one that is kept for that. */
export type Target =
  | { readonly kind: 'redirect' }
  | { readonly kind: 'dnat'; readonly addresses: Readonly<Record<Family, IpAddress>> }

/** Needs nothing, but the kernel drops what came in over an interface without an address. */
export const redirect: Target = { kind: 'redirect' }

/** To addresses on `lo` that nobody else uses. Listeners are on these, and nowhere else. */
export const dnat = {
  kind: 'dnat',
  addresses: { IPv4: ipAddress('169.254.77.1'), IPv6: ipAddress('fd00:77::1') },
} as const satisfies Target

/** The address that is kept for captured packets; undefined where there is none. */
export const dedicatedAddress = (target: Target, family: Family): IpAddress | undefined =>
  target.kind === 'dnat' ? target.addresses[family] : undefined

/** What a rule does with packets for the listener on `port`. */
export const sendTo = (target: Target, family: Family, port: Port): string => {
  const address = dedicatedAddress(target, family)
  if (address === undefined) return `REDIRECT --to-ports ${port}`
  return `DNAT --to-destination ${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
