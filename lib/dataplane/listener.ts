import type { Port } from '../model/port.js'

/** Accepts clients of one service port. */
export interface Listener {
  readonly port: Port
  /** Stops accepting. TCP connections already open go on. May be called twice; resolves when it is done. */
  close(): Promise<void>
}
