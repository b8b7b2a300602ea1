import { cidr } from '../../../model/cidr.js'
import { type JsonObject, textAt, textsAt } from '../../json.js'
import type { Cause } from '../status-error.js'
import { addressCauses } from './address-causes.js'
import { forbiddenField, when, wrong } from './causes.js'
import type { Past } from './service-cluster-ip-causes.js'
import { isExternal } from './service-defaults.js'

const onlyLoadBalancer = (field: string): Cause =>
  forbiddenField(`spec.${field}`, "may only be used when `type` is 'LoadBalancer'")

const isCidr = (text: string): boolean => {
  try {
    cidr(text)
    return true
  } catch {
    return false
  }
}

const sourceRangeCauses = (spec: JsonObject): readonly Cause[] =>
  textsAt(spec, 'loadBalancerSourceRanges').flatMap((text, index) =>
    when(!isCidr(text), () =>
      wrong(
        // With a capital, as the API server has it.
        `spec.LoadBalancerSourceRanges[${index}]`,
        text.trim(),
        'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      ),
    ),
  )

const typeCauses = (spec: JsonObject): readonly Cause[] => {
  if (textAt(spec, 'type') === 'LoadBalancer') return []
  return [
    ...when(textsAt(spec, 'loadBalancerSourceRanges').length > 0, () =>
      onlyLoadBalancer('LoadBalancerSourceRanges'),
    ),
    ...when(spec.allocateLoadBalancerNodePorts !== undefined, () =>
      onlyLoadBalancer('allocateLoadBalancerNodePorts'),
    ),
    ...when(textAt(spec, 'loadBalancerClass') !== '', () => onlyLoadBalancer('loadBalancerClass')),
  ]
}

/** What is wrong with how clients from outside are to reach a Service, node ports apart. */
export const externalCauses = (spec: JsonObject, { before }: Past): readonly Cause[] => {
  const policy = textAt(spec, 'externalTrafficPolicy')
  const name = textAt(spec, 'loadBalancerClass')
  const both = [spec, before].every(each => textAt(each, 'type') === 'LoadBalancer')
  return [
    ...textsAt(spec, 'externalIPs').flatMap((text, index) =>
      addressCauses(`spec.externalIPs[${index}]`, text),
    ),
    ...typeCauses(spec),
    ...sourceRangeCauses(spec),
    ...when(both && name !== textAt(before, 'loadBalancerClass'), () =>
      wrong('spec.loadBalancerClass', name, 'may not change once set'),
    ),
    ...when(policy !== '' && !isExternal(spec), () =>
      wrong('spec.externalTrafficPolicy', policy, 'may only be set for externally-accessible services'),
    ),
  ]
}
