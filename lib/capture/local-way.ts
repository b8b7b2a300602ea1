import type { Family, IpAddress } from '../model/ip-address.js'
import type { IpOptions } from '../routing/ip-command.js'
import type { LocalTable } from '../routing/local-table.js'

/** How a family's addresses are made this machine's own. */
export interface LocalWay {
  /** What the kernel takes for this machine's own now. */
  readonly table: (options: IpOptions) => Promise<LocalTable>
  /** Those that we made that, in this run or in an earlier one. */
  readonly ours: (options: IpOptions, table: LocalTable) => Promise<readonly string[]>
  /** Resolves with how many the kernel let us add. */
  readonly add: (options: IpOptions, addresses: readonly IpAddress[]) => Promise<number>
  readonly delete: (options: IpOptions, addresses: readonly string[]) => Promise<void>
  /** Resolves with what was removed, a line each. */
  readonly removeAll: (options: IpOptions) => Promise<readonly string[]>
}

export type LocalWays = Readonly<Record<Family, LocalWay>>
