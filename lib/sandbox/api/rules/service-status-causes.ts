import { isIP } from 'node:net'
import { listAt, textAt } from '../../json.js'
import type { Cause } from '../status-error.js'
import { addressIn, noAddress } from './address-causes.js'
import { forbiddenField, unsupported, when, wrong } from './causes.js'
import { nameCauses, nameRules } from './names.js'

const ingressCauses = (ingress: unknown, field: string): readonly Cause[] => {
  const [ip, mode, host] = [textAt(ingress, 'ip'), textAt(ingress, 'ipMode'), textAt(ingress, 'hostname')]
  return [
    ...when(ip !== '' && !addressIn(ip), () => noAddress(`${field}.ip`, ip)),
    ...when(ip === '' && mode !== '', () =>
      forbiddenField(`${field}.ipMode`, 'may not be specified when `ip` is not set'),
    ),
    ...when(ip !== '' && !['VIP', 'Proxy'].includes(mode), () =>
      unsupported(`${field}.ipMode`, mode, ['Proxy', 'VIP']),
    ),
    ...(host === '' ? [] : nameCauses(`${field}.hostname`, host, nameRules.subdomain)),
    ...when(isIP(host) !== 0, () =>
      wrong(`${field}.hostname`, host, 'must be a DNS name, not an IP address'),
    ),
  ]
}

/** What is wrong with what a load balancer says of itself in the status of a Service. */
export const statusCauses = (service: unknown): readonly Cause[] => {
  const field = 'status.loadBalancer.ingress'
  const ingresses = listAt(service, 'status', 'loadBalancer', 'ingress')
  if (ingresses.length > 0 && textAt(service, 'spec', 'type') !== 'LoadBalancer')
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")]
  return ingresses.flatMap((ingress, index) => ingressCauses(ingress, `${field}[${index}]`))
}
