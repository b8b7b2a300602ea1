import type { InstanceStatus, PortStatus } from '../../control/status.js'
import { mayChangeMachine } from '../options/node.js'

/** Whether clients are led here from portals. Where they are not, they come to local ports. */
export const leadsHere = ({ capture }: Pick<InstanceStatus, 'capture'>): boolean => mayChangeMachine(capture)

/** Where clients come to. */
export const placesOf = (port: PortStatus, instance: Pick<InstanceStatus, 'capture'>): readonly string[] => {
  if (leadsHere(instance)) return port.portals
  const host = port.family === 'IPv6' ? '[::1]' : '127.0.0.1'
  return port.localPort === undefined ? [] : [`${host}:${port.localPort}`]
}
