import type { Connections } from '../dataplane/connections.js'
import type { Inheritance } from './inheritance.js'

/** The connections of this process and of those before it. */
export const withFormer = (
  own: Connections,
  inheritance: Inheritance | undefined,
): Pick<Connections, 'count' | 'ended' | 'reset'> =>
  inheritance
    ? {
        get count() {
          return own.count
        },
        get ended() {
          return Promise.all([own.ended, inheritance.predecessor.ended]).then(() => undefined)
        },
        reset: () => {
          inheritance.predecessor.reset()
          return own.reset()
        },
      }
    : own
