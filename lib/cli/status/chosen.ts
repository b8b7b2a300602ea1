import type { ServiceStatus } from '../../control/status.js'
import { Failure } from '../../model/failure.js'
import { matches } from '../../model/label-selector.js'
import type { StatusOptions } from '../options/status.js'
import { similar } from './similar.js'

/** `svc/web` and `service/web` as kubectl takes them. */
export const bareName = (text: string): string => text.replace(/^(svc|service|services)\//, '')

interface Choice extends Pick<StatusOptions, 'selector'> {
  readonly namespace?: string | undefined
}

/** Tells the Services that were asked for, by `names` where there are any. */
export const chosenBy =
  (names: readonly string[], { namespace, selector = [] }: Choice) =>
  (service: ServiceStatus): boolean =>
    (namespace === undefined || service.namespace === namespace) &&
    (names.length === 0 || names.some(name => bareName(name) === service.name)) &&
    matches(selector, service.labels)

/** Throws a Failure that names one that is not there, and what may have been meant. */
export const checkNames = (
  names: readonly string[],
  services: readonly ServiceStatus[],
  { namespace }: Choice,
): void => {
  for (const name of names.map(bareName)) {
    const there = services.filter(each => namespace === undefined || each.namespace === namespace)
    if (there.some(each => each.name === name)) continue
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`
    throw new Failure('failed', `there is no Service ${name}${where}`, {
      cure: similar(name, { services, namespace }),
    })
  }
}
