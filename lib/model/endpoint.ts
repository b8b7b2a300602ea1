import type { IpAddress } from './ip-address.js'
import type { Port } from './port.js'

/** Where something that serves a service port listens. */
export interface Endpoint {
  readonly address: IpAddress
  readonly port: Port
}

/** Whether both are the same place. Makes no text of them, as there may be 10,000 to compare. */
export const isSameEndpoint = (one: Endpoint, other: Endpoint | undefined): boolean =>
  one.address === other?.address && one.port === other.port

/** Whether both are the same, in the same order. */
export const sameEndpoints = (some: readonly Endpoint[], others: readonly Endpoint[]): boolean =>
  some === others ||
  (some.length === others.length && some.every((each, at) => isSameEndpoint(each, others[at])))

/** For sorting: by address, as text, then by port. */
export const byPlace = (one: Endpoint, other: Endpoint): number => {
  if (one.address === other.address) return one.port - other.port
  return one.address < other.address ? -1 : 1
}

/** The endpoint as people write it, and as a key: equal endpoints have equal texts. */
export const endpointText = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
