import type { Resource } from './api-event.js'

/** The objects meant, as people write it: `services`, `services in shop`. */
export const resourceText = (which: { readonly resource: Resource; readonly namespace?: string }): string =>
  which.namespace === undefined ? which.resource : `${which.resource} in ${which.namespace}`
