import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'

/** Chooses the endpoint that serves a client. Never does I/O. */
export interface Picker {
  /** The endpoint for the next connection of `client`; undefined when there is none. */
  next(client: IpAddress): Endpoint | undefined
  /** Makes the next choice for `client` a fresh one: its endpoint has failed. */
  forget(client: IpAddress): void
  /** Chooses among `endpoints` from now on. An equal set, in any order, changes nothing. */
  replace(endpoints: readonly Endpoint[]): void
}
