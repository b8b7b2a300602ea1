import { type Cidr, cidr, cidrFamily, cidrHas, cidrOf, cidrText } from '../../model/cidr.js'
import { errorText } from '../../model/error-text.js'
import { familyOf, type IpAddress } from '../../model/ip-address.js'
import { field, list, text } from '../raw.js'
import { notForUs, refused, type Skip } from './skip.js'

export interface SourceRanges {
  /** Where clients of load-balancer IPs may come from. Absent: from anywhere. */
  readonly ranges?: readonly Cidr[]
  readonly skips: readonly Skip[]
}

const annotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'

const readRange = (what: string, written: unknown): Cidr | Skip => {
  try {
    return cidr(text(written) ?? '')
  } catch (error) {
    return refused(what, `its loadBalancerSourceRanges: ${errorText(error).slice(0, 200)}`)
  }
}

/** The cloud's side reads the annotation where the spec has no ranges; kube-proxy never does. */
const annotated = (what: string, object: unknown): Skip[] =>
  field(object, 'metadata', 'annotations', annotation) === undefined
    ? []
    : [notForUs(what, `its annotation ${annotation} is for load balancers: nodes read its spec`)]

/**
 * Reads the ranges of the Service that events call `what`. A bad one lets nobody in, so that one of nothing but bad ones is
 * closed and not open.
 */
export const readSourceRanges = (what: string, object: unknown): SourceRanges => {
  if (field(object, 'spec', 'type') !== 'LoadBalancer') return { skips: [] }
  const written = list(field(object, 'spec', 'loadBalancerSourceRanges'))
  if (written.length === 0) return { skips: annotated(what, object) }
  const ranges = new Map<string, Cidr>()
  const skips: Skip[] = []
  for (const each of written) {
    const range = readRange(what, each)
    if ('type' in range) skips.push(range)
    else ranges.set(cidrText(range), range)
  }
  return { ranges: [...ranges.values()], skips }
}

/**
 * Where clients of the load-balancer IP `address` may come from; absent: from anywhere. As in kube-proxy, a family without
 * ranges of its own is open. What a node that may come sends to an address that is its own, too, comes from that address.
 */
export const sourcesFor = (
  address: IpAddress,
  ranges: readonly Cidr[] | undefined,
  nodeAddresses: readonly IpAddress[],
): readonly Cidr[] | undefined => {
  if (ranges === undefined || ranges.length === 0) return ranges
  const own = ranges.filter(range => cidrFamily(range) === familyOf(address))
  if (own.length === 0 || own.some(({ bits }) => bits === 0)) return undefined
  const fromNode = nodeAddresses.some(each => own.some(range => cidrHas(range, each)))
  return fromNode && !own.some(range => cidrHas(range, address)) ? [...own, cidrOf(address)] : own
}
