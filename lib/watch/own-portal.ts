import type { Endpoint } from '../model/endpoint.js'
import { Failure } from '../model/failure.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import { type Port, port } from '../model/port.js'
import type { Snapshot } from '../model/snapshot.js'
import { servicePortText } from '../model/service-port.js'

/** The names that a cluster's DNS gives the API server's own Service. */
const ownName = /^kubernetes(\.default(\.svc(\..+)?)?)?\.?$/

const addressOf = (host: string): IpAddress | undefined => {
  try {
    return ipAddress(host.replace(/^\[(.*)\]$/, '$1'))
  } catch {
    return undefined
  }
}

/** The port of an API server's URL. */
export const portOf = ({ port: written, protocol }: URL): Port =>
  port(written === '' ? (protocol === 'http:' ? 80 : 443) : Number(written))

/** Where the API server is asked; undefined when its URL has a name instead of an address. */
export const apiServerAt = (server: URL): Endpoint | undefined => {
  const address = addressOf(server.hostname)
  return address === undefined ? undefined : { address, port: portOf(server) }
}

/**
 * Why the API server may not be asked at `server`: because that is one of our own portals, which lead nowhere when we
 * are not there, and in a circle when we are. Undefined when it is none.
 */
export const whyOwnPortal = ({ servicePorts }: Snapshot, server: URL): Failure | undefined => {
  const address = addressOf(server.hostname)
  const at = portOf(server)
  const own = servicePorts.find(({ name, portals }) =>
    address === undefined
      ? ownName.test(server.hostname) && name.namespace === 'default' && name.service === 'kubernetes'
      : name.protocol === 'TCP' &&
        portals.some(each => each.kind !== 'node-port' && each.address === address && each.port === at),
  )
  if (!own) return undefined
  const text = `the API server's address ${server.host} is a portal of ${servicePortText(own.name)}, which only we would serve`
  return new Failure('conflict', text, {
    cure: 'give the real address of the API server with --master, a kubeconfig or KUBERNETES_SERVICE_HOST',
  })
}
