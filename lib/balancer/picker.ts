import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'

/** Chooses the endpoint that serves a client. Never does I/O. */
export interface Picker {
  /**
   * The endpoint for the next connection of `client`; undefined when there is none. `failed`, oldest first, have
   * just failed this client: the choice is one that has not or, when all have, the one whose failure is oldest.
   */
  next(client: IpAddress, failed?: readonly Endpoint[]): Endpoint | undefined
  /** Makes the next choice for `client` a fresh one, if it would be `endpoint`, which has failed. */
  forget(client: IpAddress, endpoint: Endpoint): void
  /** Where `client` was sent before, and returns to; undefined when it does not. Absent where none ever does. */
  pinOf?(client: IpAddress): { readonly endpoint: Endpoint } | undefined
  /** Chooses among `endpoints` from now on. An equal set, in any order, changes nothing. */
  replace(endpoints: readonly Endpoint[]): void
}
