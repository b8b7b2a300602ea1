import type { Family } from '../model/ip-address.js'
import type { Capture } from './capture.js'

/** Changes nothing on this machine: clients come to the listeners, or are led there by somebody else. */
export class NoCapture implements Capture {
  prepare(): Promise<void> {
    return Promise.resolve()
  }

  apply(): Promise<readonly Family[]> {
    return Promise.resolve([])
  }

  remove(): Promise<readonly string[]> {
    return Promise.resolve([])
  }
}
