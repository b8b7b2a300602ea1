import type { Report } from '../model/event.js'
import { type Family, familyOf, type IpAddress } from '../model/ip-address.js'
import type { Snapshot } from '../model/snapshot.js'

/** Says that node ports are nowhere, for as long as they are: once for each family. */
export class NodePortNotice {
  readonly #report: Report
  #told: ReadonlySet<Family> = new Set()

  constructor(report: Report) {
    this.#report = report
  }

  /** `addresses`: where node ports are; undefined: everywhere. */
  look({ servicePorts }: Snapshot, addresses: readonly IpAddress[] | undefined): void {
    const nowhere = new Set<Family>()
    if (addresses)
      for (const { family, portals } of servicePorts)
        if (
          portals.some(({ kind }) => kind === 'node-port') &&
          !addresses.some(each => familyOf(each) === family)
        )
          nowhere.add(family)
    for (const family of nowhere)
      if (!this.#told.has(family)) this.#report({ type: 'node-ports-nowhere', family })
    this.#told = nowhere
  }
}
