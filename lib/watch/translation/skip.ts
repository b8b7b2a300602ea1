import type { ApiEvent } from '../../model/api-event.js'
import type { Report } from '../../model/event.js'

/** That an object, or a part of one, is not proxied, and why. */
export type Skip = Extract<ApiEvent, { readonly type: 'skipped' }>

/** What others wrote may be long, and is to be read in a log. */
export const shown = (text: string, most = 200): string =>
  text.length > most ? `${text.slice(0, most)}…` : text

const plain = (name: string): string =>
  /^[-.a-z0-9]{1,253}$/.test(name) ? name : JSON.stringify(shown(name, 253))

/** The object as people write it: `Service shop/cart`. A name that is none is quoted. */
export const objectText = (kind: string, namespace: string, name: string): string =>
  `${kind} ${plain(namespace)}/${plain(name)}`

/** It makes no sense, or is not allowed. */
export const refused = (object: string, reason: string): Skip => ({
  ...{ type: 'skipped', object, reason: shown(reason, 1000), why: 'refused' },
})

/** It is fine, and somebody else's work. */
export const notForUs = (object: string, reason: string): Skip => ({
  ...{ type: 'skipped', object, reason: shown(reason, 1000), why: 'not for us' },
})

const mostReasons = 20

/** What is to be said of one object: where that is a lot, the beginning of it, and how much more there is. */
export const fewOf = (skips: readonly Skip[]): readonly Skip[] => {
  const [first] = skips
  return first && skips.length > mostReasons
    ? [
        ...skips.slice(0, mostReasons),
        refused(first.object, `and for ${skips.length - mostReasons} more reasons`),
      ]
    : skips
}

/** A few of `all`, and how many more there are. */
export const someOf = (all: readonly string[]): string =>
  all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`

/** Reports each skip once for as long as its reason stays. */
export class Said {
  readonly #report: Report
  #said: ReadonlySet<string> = new Set()

  constructor(report: Report) {
    this.#report = report
  }

  /** Reports those of `skips`, all there are now, that were not there the last time. */
  tell(skips: readonly Skip[]): void {
    const now = new Map(skips.map(skip => [`${skip.object}\n${skip.reason}`, skip] as const))
    for (const [text, skip] of now) if (!this.#said.has(text)) this.#report(skip)
    this.#said = new Set(now.keys())
  }
}
