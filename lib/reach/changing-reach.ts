import type { Endpoint } from '../model/endpoint.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Dialling, DialOptions, Reach } from './reach.js'

/** A way that is not known yet when the first listener opens. */
export class ChangingReach implements Reach {
  /** The way for dials from now on. */
  current: Reach

  constructor(first: Reach) {
    this.current = first
  }

  get schedule(): readonly Milliseconds[] {
    return this.current.schedule
  }

  get halfOpenTimeout(): Milliseconds | undefined {
    return this.current.halfOpenTimeout
  }

  dial(endpoint: Endpoint, options: DialOptions): Dialling {
    return this.current.dial(endpoint, options)
  }
}
