import type { Endpoint } from '../model/endpoint.js'
import type { PortView } from '../proxy/port-view.js'
import { loopback } from './loopback.js'

/** Where clients come to a service port that nobody is led to; undefined where it has no listener. */
export const localPlace = ({
  servicePort: { family },
  localPort,
}: Pick<PortView, 'servicePort' | 'localPort'>): Endpoint | undefined =>
  localPort && { address: loopback[family], port: localPort }
