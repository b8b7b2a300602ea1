import { machine } from '../host/machine.js'
import { unnumberedInterfaces } from '../host/unnumbered-interfaces.js'
import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'

/** Looks for interfaces over which redirected packets would be lost, and reports them, once for as long as they are the same. */
export class UnnumberedNotice {
  readonly #families: readonly Family[]
  readonly #report: Report
  readonly #told = new Map<Family, string>()

  /** Looks only in `families`. */
  constructor(families: readonly Family[], report: Report) {
    this.#families = families
    this.#report = report
  }

  /** Looks now. Never rejects: where the system does not tell, there are none. */
  async look(): Promise<void> {
    for (const family of this.#families) {
      const names = await unnumberedInterfaces(machine, family).catch(() => [])
      const text = names.join()
      if (names.length > 0 && text !== this.#told.get(family))
        this.#report({ type: 'unnumbered-interfaces', family, names })
      this.#told.set(family, text)
    }
  }
}
