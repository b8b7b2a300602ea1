import type { Cidr } from '../../model/cidr.js'
import type { Report } from '../../model/event.js'
import type { Family } from '../../model/ip-address.js'
import type { OwnPods } from '../../model/own-pods.js'
import type { Snapshot } from '../../model/snapshot.js'
import type { AddressRules } from './address-rules.js'
import { Composer, type Objects } from './composer.js'
import { Said } from './skip.js'

/** What of the place we run at matters to what becomes of Services. */
export interface TranslationOptions extends AddressRules {
  /** The Node that we are, if there is one of that name. */
  readonly nodeName: string
  /** Those that this machine has. */
  readonly families: readonly Family[]
  /** Absent: the Node's own ranges. */
  readonly ownPods?: OwnPods
}

/** Makes snapshots of what the API server says, and reports what is left out, once for as long as the reason stays. */
export class Translator {
  readonly #options: TranslationOptions
  readonly #report: Report
  readonly #said: Said
  #composer: { readonly ranges: readonly Cidr[]; readonly composer: Composer } | undefined
  #saidNoNode = false

  constructor(options: TranslationOptions, report: Report) {
    this.#options = options
    this.#report = report
    this.#said = new Said(report)
  }

  /** All service ports there are, where cluster IPs are from `serviceCidrs`. */
  translate(objects: Objects, serviceCidrs: readonly Cidr[]): Snapshot {
    if (this.#composer?.ranges !== serviceCidrs)
      this.#composer = { ranges: serviceCidrs, composer: this.#composerFor(serviceCidrs) }
    const { snapshot, skips } = this.#composer.composer.compose(objects)
    this.#said.tell(skips)
    if (!objects.node && !this.#saidNoNode) this.#report({ type: 'no-node', node: this.#options.nodeName })
    this.#saidNoNode = !objects.node
    return snapshot
  }

  #composerFor(serviceCidrs: readonly Cidr[]): Composer {
    const { families, ownPods, externalCidrs, apiServer, externalIpsTake } = this.#options
    return new Composer({
      families,
      rules: {
        serviceCidrs,
        ...(externalCidrs && { externalCidrs }),
        ...(apiServer && { apiServer }),
        ...(externalIpsTake && { externalIpsTake }),
      },
      ...(ownPods && { ownPods }),
    })
  }
}
