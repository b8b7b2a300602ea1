import type { Applied, Capture, CapturedPortal, FamilyFailure } from './capture.js'

/** Changes nothing on this machine: clients come to the listeners, or are led there by somebody else. */
export class NoCapture implements Capture {
  prepare(): Promise<readonly FamilyFailure[]> {
    return Promise.resolve([])
  }

  apply(): Promise<Applied> {
    return Promise.resolve({ written: [], failures: [] })
  }

  standing(): Promise<readonly CapturedPortal[]> {
    return Promise.resolve([])
  }

  isIntact(): Promise<boolean> {
    return Promise.resolve(true)
  }

  remove(): Promise<readonly string[]> {
    return Promise.resolve([])
  }
}
