import type { Clock } from '../model/clock.js'
import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { Affinity } from '../model/service-port.js'
import { Avoiding } from './avoiding.js'
import type { Picker } from './picker.js'
import { RoundRobin } from './round-robin.js'
import { type KnownPin, Sticky } from './sticky.js'

export interface ServicePickerOptions {
  readonly clock: Clock
  /** Gives numbers from 0 up to but not including 1. */
  readonly random: () => number
  /** Clients that were pinned before, if it gets affinity. */
  readonly pins?: readonly KnownPin[] | undefined
}

/** What a picker would do next, and why. Nothing comes of looking. */
export interface Outlook {
  /** Where the client returns to; undefined when it is dealt one in turn. */
  readonly pin: KnownPin | undefined
  /** Whom the next client gets that is dealt one in turn. */
  readonly next: Endpoint | undefined
  /** Those that are passed over, as they have failed of late. */
  readonly avoided: readonly Endpoint[]
}

/**
 * The picker of one service port. Its affinity can change while it works: the rotation keeps its place. A
 * client with affinity leaves its endpoint only when that fails the client itself.
 */
export class ServicePicker implements Picker {
  readonly #clock: Clock
  readonly #turns: RoundRobin
  readonly #rotation: Avoiding
  #sticky: Sticky | undefined
  #before: readonly KnownPin[]

  /** Begins without endpoints and without affinity. */
  constructor({ clock, random, pins = [] }: ServicePickerOptions) {
    this.#clock = clock
    this.#before = pins
    this.#turns = new RoundRobin(random)
    this.#rotation = new Avoiding(this.#turns, { clock })
  }

  /** A new timeout counts for the clients already known; without affinity all are forgotten. */
  setAffinity(affinity: Affinity): void {
    const pins = this.#before
    this.#before = []
    switch (affinity.kind) {
      case 'none':
        this.#sticky = undefined
        return
      case 'client-ip':
        this.#sticky ??= new Sticky(this.#rotation, { clock: this.#clock, timeout: affinity.timeout, pins })
        this.#sticky.timeout = affinity.timeout
    }
  }

  /** Clients that are pinned, the one unseen for longest first. */
  get pins(): readonly KnownPin[] {
    return this.#sticky?.pins ?? []
  }

  /** How many clients are pinned. */
  get clients(): number {
    return this.#sticky?.clients ?? 0
  }

  /** How many endpoints are passed over now, as they have failed. */
  get avoided(): number {
    return this.#rotation.avoided.length
  }

  /** The one that is pinned, where there is only one. */
  get onlyClient(): IpAddress | undefined {
    return this.clients === 1 ? this.#sticky?.pins[0]?.client : undefined
  }

  /** See `Avoiding`. */
  get failing(): readonly Endpoint[] {
    return this.#rotation.failing
  }

  pinOf(client: IpAddress): KnownPin | undefined {
    return this.#sticky?.pinOf(client)
  }

  /** What `client` would be given now; of nobody in particular, who is next in turn. */
  outlook(client?: IpAddress): Outlook {
    const { avoided } = this.#rotation
    return { pin: client && this.pinOf(client), next: this.#turns.peek(avoided), avoided }
  }

  next(client: IpAddress, failed?: readonly Endpoint[]): Endpoint | undefined {
    return this.#picker.next(client, failed)
  }

  forget(client: IpAddress, endpoint: Endpoint): void {
    this.#picker.forget(client, endpoint)
  }

  replace(endpoints: readonly Endpoint[]): void {
    this.#picker.replace(endpoints)
  }

  get #picker(): Picker {
    return this.#sticky ?? this.#rotation
  }
}
