import type { Snapshot } from '../../model/snapshot.js'
import type { Reach } from '../../reach/reach.js'

/** How endpoints are reached, and what that takes. */
export interface Way {
  readonly reach: Reach
  /** What of a snapshot can be reached so; the same object where that is all. Absent: always all. */
  readonly reachable?: (snapshot: Snapshot) => Snapshot
  /** Makes this machine ready for the cluster as it is now. What fails is reported, and tried again. Absent: nothing has to be. */
  readonly prepare?: () => Promise<void>
  /** The same for what others have changed of that: to be called now and then. Absent: there is nothing to change. */
  readonly repair?: () => Promise<void>
  /** Takes out what was added to this machine. Absent: that is nothing. */
  readonly remove?: () => Promise<void>
}
