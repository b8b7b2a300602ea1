import type { ServicePortId } from '../model/service-port.js'
import type { SocketName } from '../stream/socket-name.js'

/** A connection of ours to a portal of ours, only to see whether it arrives. */
export interface Probe {
  readonly servicePort: ServicePortId
  /** Our end of it. */
  readonly local: SocketName
  readonly arrived: () => void
}

/** What tells such connections from clients. */
export class Probes {
  // Asked about every client: so nothing is made, and nothing searched, while none is under way.
  #underWay: readonly Probe[] = []

  /** Looks out for `probe` until what it returns is called. */
  expect(probe: Probe): () => void {
    this.#underWay = [...this.#underWay, probe]
    return () => {
      this.#underWay = this.#underWay.filter(each => each !== probe)
    }
  }

  /**
   * Whether whoever has come to the listener of `servicePort` is a probe, which has been told then. A client of this machine
   * may have the same end as a probe, towards another portal: it comes to another listener.
   */
  meets({ address, port }: SocketName, servicePort: ServicePortId): boolean {
    if (this.#underWay.length === 0) return false
    const probe = this.#underWay.find(
      each => each.local.port === port && each.local.address === address && each.servicePort === servicePort,
    )
    probe?.arrived()
    return probe !== undefined
  }
}
