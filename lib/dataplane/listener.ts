import type { Port } from '../model/port.js'
import type { ServicePort } from '../model/service-port.js'
import type { Arrival } from '../stream/accept.js'

/** Accepts clients of one service port. */
export interface Listener {
  readonly port: Port
  /** Whether it is at every address where clients may come to. Where it is not, `update` tries again. */
  readonly isWhole: boolean
  /**
   * Says how clients are treated and who serves them from now on. Connections that are open go by the new terms, too.
   * What the picker chooses is not its business.
   */
  update(servicePort: Pick<ServicePort, 'portals' | 'endpoints' | 'terms'>): void
  /** Serves a client that has come another way. Absent where there are no connections. */
  readonly welcome?: (arrival: Arrival) => void
  /**
   * Stops accepting. TCP connections already open go on; UDP flows end. May be called twice; resolves when it is done.
   */
  close(): Promise<void>
}
