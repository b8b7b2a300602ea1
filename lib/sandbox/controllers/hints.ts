import type { JsonObject } from '../json.js'

/** Where a pod is. */
export interface Whereabouts {
  readonly nodeName: string
  readonly zone: string | undefined
}

const named = (name: string | undefined): readonly JsonObject[] =>
  name === undefined || name === '' ? [] : [{ name }]

/**
 * For whose clients a ready endpoint is meant, by the `trafficDistribution` of its Service; undefined when for all. As the
 * EndpointSlice controller of Kubernetes 1.34 has it (k8s.io/endpointslice, trafficdist).
 */
export const hintsFor = (distribution: string, { nodeName, zone }: Whereabouts): JsonObject | undefined => {
  if (!['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(distribution)) return undefined
  const forZones = named(zone)
  const forNodes = distribution === 'PreferSameNode' ? named(nodeName) : []
  if (forZones.length + forNodes.length === 0) return undefined
  return { ...(forZones.length > 0 && { forZones }), ...(forNodes.length > 0 && { forNodes }) }
}
