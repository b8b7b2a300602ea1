import type { Service } from './service.js'

const older = (one: Service, other: Service): boolean =>
  one.created === other.created ? one.key < other.key : one.created < other.created

/** Things that many may claim and one can have: whose Service is the oldest, so that nobody loses what he has to a newcomer. */
export class Contest<Claimant> {
  readonly #serviceOf: (claimant: Claimant) => Service
  /** The oldest first. */
  readonly #claimants = new Map<string, readonly Claimant[]>()

  constructor(serviceOf: (claimant: Claimant) => Service) {
    this.#serviceOf = serviceOf
  }

  /** Who has it. */
  holder(thing: string): Claimant | undefined {
    return this.#claimants.get(thing)?.[0]
  }

  /** All who claim it. */
  claimants(thing: string): readonly Claimant[] {
    return this.#claimants.get(thing) ?? []
  }

  add(thing: string, claimant: Claimant): void {
    const others = this.#claimants.get(thing)
    if (!others) {
      this.#claimants.set(thing, [claimant])
      return
    }
    const service = this.#serviceOf(claimant)
    const younger = others.findIndex(other => older(service, this.#serviceOf(other)))
    this.#claimants.set(thing, others.toSpliced(younger === -1 ? others.length : younger, 0, claimant))
  }

  remove(thing: string, claimant: Claimant): void {
    const others = this.claimants(thing).filter(other => other !== claimant)
    if (others.length === 0) this.#claimants.delete(thing)
    else this.#claimants.set(thing, others)
  }
}
