import type { Endpoint } from '../model/endpoint.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Budget } from '../stream/budget.js'
import type { ByteStream } from '../stream/byte-stream.js'
import type { SocketName } from '../stream/socket-name.js'

/** A way to get from here to an endpoint. */
export interface Reach {
  /** How long to wait for each attempt; as many attempts as entries. */
  readonly schedule: readonly Milliseconds[]
  /** How long a pair may be silent once one side has ended, where that is not the usual hour: see `PumpOptions`. */
  readonly halfOpenTimeout?: Milliseconds | undefined
  /** Begins to connect to `endpoint`. */
  dial(endpoint: Endpoint, options: DialOptions): Dialling
}

/** An attempt to connect. */
export interface Dialling {
  /** Rejects, and leaves no socket behind, when it fails, takes longer than the timeout, or is given up. */
  readonly stream: Promise<ByteStream>
  /** May be called at any time, and twice. Not a signal: for each connection, that would cost more than the rest of this. */
  giveUp(): void
}

export interface DialOptions {
  readonly timeout: Milliseconds
  /** Whose client it is for; absent: nobody's, who only sees whether there is an answer. */
  readonly servicePort?: ServicePortId
  /** Memory for what is read in bulk. */
  readonly budget: Budget
  /** Told our end of a connection before anybody can have accepted it; not by ways that have none. */
  readonly opened: (local: SocketName) => void
}
