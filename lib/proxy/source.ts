import type { Snapshot } from '../model/snapshot.js'

/** Where the proxy learns what to serve: a cluster, a file, a literal. */
export interface Source {
  /**
   * Begins to follow what there is, and calls `changed` after every change, but not before everything was seen
   * once: half a cluster would look like one whose other half is gone.
   */
  start(changed: () => void): void
  /** All that there is now. Called only after `changed` was. */
  snapshot(): Snapshot
  /** Follows no longer. May be called twice. */
  close(): Promise<void>
}
