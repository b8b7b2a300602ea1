import type { ApiObject } from '../../api-object.js'
import { without } from '../../json.js'
import { apiVersionOf } from '../kinds.js'
import { selection } from '../select/selection.js'
import { StatusError } from '../status-error.js'
import { keyOf } from '../store/key.js'
import type { Ledger } from '../store/ledger.js'
import { type Call, countIn } from './call.js'
import { type ContinueToken, continueText, continueToken, tokenExpired } from './continue-token.js'
import { versionIn } from './version.js'

/** A list, or a page of one. */
export interface ObjectList {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly items: readonly ApiObject[]
}

const tooLarge = (wanted: number, current: number): StatusError =>
  new StatusError(504, `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    reason: 'Timeout',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  })

interface Start extends ContinueToken {
  readonly continued: boolean
}

const startOf = (query: URLSearchParams, current: number): Start => {
  const text = query.get('continue') ?? ''
  if (text !== '') {
    const token = continueToken(text)
    return { ...token, version: token.version < 0 ? current : token.version, continued: true }
  }
  const wanted = versionIn(query) ?? 0
  if (wanted > current) throw tooLarge(wanted, current)
  return {
    version: query.get('resourceVersionMatch') === 'Exact' ? wanted : current,
    after: '',
    continued: false,
  }
}

const objectsAt = (ledger: Ledger, { target }: Call, start: Start): readonly ApiObject[] => {
  try {
    return ledger.list(target.kind.resource, target.namespace, start.version)
  } catch (error) {
    if (error instanceof StatusError && start.continued) throw tokenExpired(start)
    throw error
  }
}

/** Answers a list, in pages where there is a `limit`. All pages show the same moment. */
export const list = (ledger: Ledger, call: Call): ObjectList => {
  const { target, query } = call
  const chosen = selection(target.kind, query)
  const limit = countIn(query, 'limit') ?? 0
  const start = startOf(query, ledger.version)
  const left = objectsAt(ledger, call, start).filter(
    object => (start.after === '' || keyOf(object) > start.after) && chosen.has(object),
  )
  const items = limit > 0 ? left.slice(0, limit) : left
  const last = items.at(-1)
  const more =
    last && items.length < left.length
      ? {
          continue: continueText({ version: start.version, after: keyOf(last) }),
          ...(chosen.narrow ? {} : { remainingItemCount: left.length - items.length }),
        }
      : {}
  return {
    kind: `${target.kind.kind}List`,
    apiVersion: apiVersionOf(target.kind),
    metadata: { resourceVersion: String(start.version), ...more },
    items,
  }
}

/** The items as the API sends them: what they are is said once, by the list. */
export const withoutTypes = ({ items, ...list }: ObjectList): Readonly<Record<string, unknown>> => ({
  ...list,
  items: items.map(item => without(item, 'apiVersion', 'kind')),
})
