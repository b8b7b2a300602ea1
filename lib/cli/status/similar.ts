import type { ServiceStatus } from '../../control/status.js'
import { editDistance } from '../../model/edit-distance.js'

export interface Surroundings {
  readonly services: readonly ServiceStatus[]
  readonly namespace: string | undefined
}

/** What to do about a name that there is not: the same name elsewhere, else up to three that are nearly the same. */
export const similar = (name: string, { services, namespace }: Surroundings): string => {
  const elsewhere = services.filter(each => each.name === name && each.namespace !== namespace)
  if (elsewhere.length > 0)
    return `it is in namespace ${elsewhere.map(each => each.namespace).join(', ')}: use -n`
  const near = [...new Set(services.map(each => each.name))]
    .map(each => ({ each, far: editDistance(name, each) }))
    .filter(({ each, far }) => far <= Math.max(2, name.length / 3) || each.includes(name))
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ each }) => each)
  return near.length > 0 ? `did you mean ${near.join(', ')}?` : 'kube-portal status shows all that there are'
}
