import type { ApiAbsence } from '../model/cluster-service.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Changes } from './activity.js'
import { type ApiKind, within } from './api-kind.js'
import { Contact } from './contact.js'
import { Mirror, type MirrorOptions } from './mirror.js'

export interface MirrorsOptions<Value> extends MirrorOptions<Value> {
  /** Absent: all of the cluster, in one list. */
  readonly namespaces?: readonly string[] | undefined
}

const each = <Followed extends { readonly kind: ApiKind }>(
  followed: Followed,
  namespace: string,
): Followed => ({
  ...followed,
  kind: within(followed.kind, namespace),
})

/** The objects of one kind in all that we follow: a mirror for each namespace, or one for the cluster. */
export class Mirrors<Value> {
  /** One at least. */
  readonly all: readonly Mirror<Value>[]
  readonly #kind: ApiKind
  readonly #contacts: readonly Contact[]

  constructor({ namespaces, ...options }: MirrorsOptions<Value>) {
    const { kind, instead } = options
    this.#kind = kind
    const parts = (namespaces ?? [undefined]).map(namespace => {
      const contact = new Contact(options)
      const over = { ...options, transport: contact, report: contact.report }
      const mirror =
        namespace === undefined
          ? new Mirror(over)
          : new Mirror({
              ...each(over, namespace),
              ...(instead && { instead: each(instead, namespace) }),
            })
      return { contact, mirror }
    })
    this.all = parts.map(({ mirror }) => mirror)
    this.#contacts = parts.map(({ contact }) => contact)
  }

  /** What is followed, in the first namespace where there are some: another one than was wanted where the server has no such. */
  get kind(): ApiKind {
    return this.all[0]?.kind ?? this.#kind
  }

  /** Whether each was listed whole once. */
  get listed(): boolean {
    return this.all.every(({ listed }) => listed)
  }

  get values(): readonly Value[] {
    return this.all.flatMap(({ values }) => [...values.values()])
  }

  get changes(): Changes {
    const changes = this.all.map(({ activity }) => activity.changes)
    return {
      total: changes.reduce((sum, { total }) => sum + total, 0),
      pending: changes.reduce((sum, { pending }) => sum + pending, 0),
    }
  }

  /** When the one that has heard nothing for longest heard something; undefined: some never did. */
  get heard(): Milliseconds | undefined {
    return this.all
      .map(({ activity }) => activity.heard)
      .reduce((one, other) =>
        one === undefined || other === undefined ? undefined : one < other ? one : other,
      )
  }

  /** Since when one of them cannot be followed; undefined while all can. */
  get absence(): ApiAbsence | undefined {
    return this.#contacts.map(({ absence }) => absence).find(absence => absence !== undefined)
  }

  /** See `Activity`. */
  snapshot(): void {
    for (const { activity } of this.all) activity.snapshot()
  }

  /** See `Activity`. */
  takeTriggers(): readonly Date[] {
    return this.all.flatMap(({ activity }) => activity.takeTriggers())
  }
}
