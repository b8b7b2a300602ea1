import type { Milliseconds } from './milliseconds.js'

/** What becomes of TCP connections whose endpoint serves no longer: they live on, or are reset after a grace. */
export type OnEndpointGone =
  { readonly kind: 'keep' } | { readonly kind: 'reset'; readonly grace: Milliseconds }

/** How long a service port's connections and flows may stay. What is absent is as the command line says. */
export interface Terms {
  /** How long nothing may go either way. 0: for ever, with TCP; as if it were absent, with UDP. */
  readonly idleTimeout?: Milliseconds
  readonly onEndpointGone?: OnEndpointGone
}
