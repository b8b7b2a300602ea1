import type { IpAddress } from '../../model/ip-address.js'
import type { Port } from '../../model/port.js'

/** One port of one pod, to be served. */
export interface PodPort {
  readonly name: string
  readonly address: IpAddress
  readonly port: Port
}

/** A pod's port that is being served. */
export interface ServedPort {
  /** Listens no more; open connections end, as when a container is killed. */
  close(): Promise<void>
}
