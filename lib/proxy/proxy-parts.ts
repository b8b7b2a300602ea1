import type { Capture } from '../capture/capture.js'
import type { Connections } from '../dataplane/connections.js'
import type { Clock } from '../model/clock.js'
import type { Report } from '../model/event.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Port } from '../model/port.js'
import type { Snapshot } from '../model/snapshot.js'
import type { HealthChecks } from './health-checks.js'
import type { LocalPorts } from './local-ports.js'
import type { Predecessor } from './predecessor.js'
import type { Keeper } from './saved/keeper.js'
import type { SelfTest } from './self-test.js'
import type { ServedPorts } from './served-ports.js'

/** What the loop works with. */
export interface ProxyParts {
  readonly served: ServedPorts
  readonly localPorts: LocalPorts
  readonly capture: Capture
  readonly healthChecks: HealthChecks
  /** TCP ports that everybody may reach, beside those of health checks. */
  readonly openPorts: () => readonly Port[]
  /** Absent where clients are not captured. */
  readonly selfTest?: Pick<SelfTest, 'look' | 'close'>
  /** Which of this machine's addresses have node ports; undefined: all. */
  readonly nodePortsAt: (snapshot: Snapshot) => readonly IpAddress[] | undefined
  /** Those of processes before this one, too, where there are any. */
  readonly connections: Pick<Connections, 'count' | 'ended' | 'reset'>
  /** Absent: nobody serves yet. */
  readonly predecessor?: Predecessor
  readonly keeper: Keeper
  readonly clock: Clock
  readonly report: Report
  /** The rules are looked at this often, changes or not. */
  readonly syncPeriod: Milliseconds
  /** On average at most one sync in this time. */
  readonly minSyncPeriod: Milliseconds
}
