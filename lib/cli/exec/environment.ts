import { type Endpoint, endpointText } from '../../model/endpoint.js'
import type { PortView } from '../../proxy/port-view.js'
import { localPlace } from '../local-place.js'
import type { ChosenOptions } from '../options.js'
import { type CaptureChoice, mayChangeMachine } from '../options/node.js'

/** `my-cart` as the name of a variable begins: `MY_CART`. */
const upper = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')

const placeOf = (view: PortView, capture: CaptureChoice): Endpoint | undefined => {
  if (!mayChangeMachine(capture)) return localPlace(view)
  const portal = view.servicePort.portals.find(each => each.kind === 'cluster-ip')
  return portal?.kind === 'cluster-ip' ? portal : undefined
}

/** As a kubelet sets them for pods: `CART_SERVICE_HOST`, `CART_SERVICE_PORT` and, for a port with a name, `CART_SERVICE_PORT_HTTP`. */
const serviceVariables = (
  view: readonly PortView[],
  namespace: string,
  capture: CaptureChoice,
): Record<string, string> => {
  const variables: Record<string, string> = {}
  for (const each of view) {
    const { name, family } = each.servicePort
    const place = placeOf(each, capture)
    if (name.namespace !== namespace || family !== 'IPv4' || !place) continue
    const beginning = `${upper(name.service)}_SERVICE`
    variables[`${beginning}_HOST`] ??= place.address
    variables[`${beginning}_PORT`] ??= String(place.port)
    if (name.port !== '') variables[`${beginning}_PORT_${upper(name.port)}`] ??= String(place.port)
  }
  return variables
}

export interface EnvironmentOptions {
  readonly options: Pick<ChosenOptions, 'capture'>
  /** Whose Services are named. */
  readonly namespace: string
  /** Where SOCKS clients come to. Undefined: nowhere. */
  readonly socks: Endpoint | undefined
}

/** The variables by which a program finds the Services that are served. */
export const environment = (
  view: readonly PortView[],
  { options: { capture }, namespace, socks }: EnvironmentOptions,
): Readonly<Record<string, string>> => {
  const proxy = socks && `socks5h://${endpointText(socks)}`
  return {
    ...serviceVariables(view, namespace, capture),
    ...(proxy !== undefined && { ALL_PROXY: proxy, all_proxy: proxy }),
  }
}
