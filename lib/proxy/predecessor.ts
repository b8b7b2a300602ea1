import type { Port } from '../model/port.js'
import type { ServicePortId } from '../model/service-port.js'

/** A process before this one that still serves, and whose listening sockets are ours for the asking. */
export interface Predecessor {
  /**
   * Has it change nothing any more, so that what it has is what we find. Resolves with the local port of each of its service
   * ports; undefined when it has ended by itself.
   */
  rest(): Promise<ReadonlyMap<ServicePortId, Port> | undefined>
  /** Has it accept nobody any more: all of that is ours. Resolves when it is so. Its connections go on in it. */
  relieve(): Promise<void>
}
