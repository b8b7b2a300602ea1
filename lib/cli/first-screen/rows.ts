import { endpointText } from '../../model/endpoint.js'
import { portalText } from '../../model/portal.js'
import { servicePortText } from '../../model/service-port.js'
import type { PortView } from '../../proxy/port-view.js'
import { localPlace } from '../local-place.js'
import { type CaptureChoice, mayChangeMachine } from '../options/node.js'

/** A service port as the first screen has it: all its traffic classes together. */
export interface Row {
  /** `shop/cart:http` */
  readonly name: string
  /** Where clients meet it. */
  readonly places: readonly string[]
  readonly endpoints: number
  /** Whether a client goes back to where it was. */
  readonly sticky: boolean
}

const placesOf = (view: PortView, capture: CaptureChoice): readonly string[] => {
  const { portals, name } = view.servicePort
  const local = localPlace(view)
  const places = mayChangeMachine(capture) ? portals.map(portalText) : local ? [endpointText(local)] : []
  return name.protocol === 'TCP' ? places : places.map(place => `${place}/${name.protocol}`)
}

const isServed = ({ servicePort, isInForce }: PortView, capture: CaptureChoice): boolean =>
  !mayChangeMachine(capture) || servicePort.portals.some(portal => isInForce(portal))

/** What clients can use by now, by its id without the traffic class. */
export const rowsOf = (view: readonly PortView[], capture: CaptureChoice): ReadonlyMap<string, Row> => {
  const rows = new Map<string, Row>()
  for (const each of view) {
    if (!isServed(each, capture)) continue
    const { name, endpoints, affinity } = each.servicePort
    const key = `${servicePortText(name)}/${name.protocol}`
    const known = rows.get(key)
    rows.set(key, {
      name: servicePortText(name),
      places: [...new Set([...(known?.places ?? []), ...placesOf(each, capture)])],
      endpoints: Math.max(known?.endpoints ?? 0, endpoints.length),
      sticky: affinity.kind === 'client-ip',
    })
  }
  return rows
}

const endpointsText = ({ endpoints, sticky }: Row): string => {
  if (endpoints === 0) return 'no endpoints: clients are refused'
  const several = endpoints === 1 ? '1 endpoint' : `${endpoints} endpoints`
  return sticky && endpoints > 1 ? `${several}; affinity: from this machine all go to one` : several
}

/** How it is served, in a line: `shop/cart:http  10.96.31.4:80  3 endpoints`. */
export const rowText = (row: Row, width: number): string => {
  const [first = 'nowhere', second, ...more] = row.places
  const rest = more.length > 0 ? ` +${more.length}` : ''
  const places = second === undefined ? first : `${first} ${second}${rest}`
  return `${row.name.padEnd(width)}  ${places.padEnd(22)}  ${endpointsText(row)}`
}
