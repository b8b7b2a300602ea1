import { type Endpoint, sameEndpoints } from '../../model/endpoint.js'
import { type Family, familyOf, ipAddress, type IpAddress } from '../../model/ip-address.js'
import type { EndpointSlice } from './endpoint-slice.js'

/** The key of the API server's own Service. */
export const ownServiceKey = 'default/kubernetes'

/** What the control plane calls its port. */
const portName = 'https'

/** Where the API server is asked, as seen from a machine that is no Node: its endpoint may be in a network of the Nodes' own. */
export interface OwnServer {
  /** As the kubeconfig has it. */
  readonly url: string
  readonly endpoints: readonly Endpoint[]
  /** Why the Service's clients cannot be led there; absent: they can. */
  readonly why?: string | undefined
}

/** Where a connection to an address goes that says "here, wherever that is": k3d writes such ones. */
const here: Readonly<Record<string, IpAddress>> = {
  '0.0.0.0': ipAddress('127.0.0.1'),
  '::': ipAddress('::1'),
}

const sliceFor = (family: Family, endpoints: readonly Endpoint[]): readonly EndpointSlice[] =>
  endpoints
    .filter(({ address }) => familyOf(address) === family)
    .map(({ address, port }, index) => ({
      ...{ what: `the kubeconfig's server ${family} ${index}`, service: ownServiceKey, skips: [] },
      ports: [{ name: portName, protocol: 'TCP', port }],
      endpoints: [
        {
          ...{ address: here[address] ?? address, ready: true, serving: true, terminating: false },
          ...{ forZones: [], forNodes: [] },
        },
      ],
    }))

const isOf = ({ endpoints }: EndpointSlice, families: ReadonlySet<Family>): boolean =>
  endpoints.every(({ address }) => families.has(familyOf(address)))

/**
 * Leads the clients of the API server's own Service to where we ask it ourselves. The only way by which a loopback address becomes an
 * endpoint: it is the kubeconfig's, and nothing that an object of the API says has a part in it.
 */
export class OwnService {
  #made: { readonly endpoints: readonly Endpoint[]; readonly slices: readonly EndpointSlice[] } | undefined

  /** Whether clients of the Service were led there. */
  has(endpoint: Endpoint): boolean {
    return (
      this.#made?.slices.some(
        ({ endpoints: [only], ports: [first] }) =>
          only?.address === endpoint.address && first?.port === endpoint.port,
      ) === true
    )
  }

  /** `slices`, those of the Service replaced in each family that the server has. */
  in(slices: readonly EndpointSlice[], endpoints: readonly Endpoint[]): readonly EndpointSlice[] {
    if (!this.#made || !sameEndpoints(this.#made.endpoints, endpoints))
      this.#made = {
        endpoints,
        slices: (['IPv4', 'IPv6'] as const).flatMap(family => sliceFor(family, endpoints)),
      }
    const families = new Set(endpoints.map(({ address }) => familyOf(address)))
    const others = slices.filter(slice => slice.service !== ownServiceKey || !isOf(slice, families))
    return [...others, ...this.#made.slices]
  }
}
