import { duration, goDuration } from './duration.js'
import { type Milliseconds, milliseconds } from './milliseconds.js'

/** What becomes of TCP connections whose endpoint serves no longer: they live on, or are reset after a grace. */
export type OnEndpointGone =
  { readonly kind: 'keep' } | { readonly kind: 'reset'; readonly grace: Milliseconds }

/** A version of HAProxy's PROXY protocol. */
export type ProxyProtocol = 'v1' | 'v2'

/** How a service port's connections and flows are treated. What is absent is as the command line says. */
export interface Terms {
  /** How long nothing may go either way. 0: for ever, with TCP; as if it were absent, with UDP. */
  readonly idleTimeout?: Milliseconds
  readonly onEndpointGone?: OnEndpointGone
  /** Endpoints are told for whom a TCP connection is, before its first byte. Absent: they are not. */
  readonly proxyProtocol?: ProxyProtocol
}

/** Reads `keep`, `reset=30s`, or `reset`, which is at once. Throws RangeError on anything else. */
export const onEndpointGone = (text: string): OnEndpointGone => {
  if (text === 'keep') return { kind: 'keep' }
  if (text === 'reset') return { kind: 'reset', grace: milliseconds(0) }
  const [, grace] = /^reset=(.*)$/s.exec(text) ?? []
  if (grace === undefined)
    throw new RangeError(`it is keep, reset, or reset=30s with a grace, not ${JSON.stringify(text)}`)
  return { kind: 'reset', grace: duration(grace) }
}

/** The same as one writes it. */
export const onEndpointGoneText = (what: OnEndpointGone): string => {
  if (what.kind === 'keep') return 'keep'
  return what.grace === 0 ? 'reset' : `reset=${goDuration(what.grace)}`
}

/** Reads `v1` or `v2`. Throws RangeError on anything else. */
export const proxyProtocol = (text: string): ProxyProtocol => {
  if (text === 'v1' || text === 'v2') return text
  throw new RangeError(`it is v1 or v2, not ${JSON.stringify(text)}`)
}
