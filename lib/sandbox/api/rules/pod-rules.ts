import type { ApiObject } from '../../api-object.js'
import { duplicate, required, unsupported, when } from './causes.js'
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../../json.js'
import { nameCauses, nameRules } from './names.js'
import type { Rules } from './rules.js'
import type { Cause } from '../status-error.js'

const withoutVersion = /^[^:]+(:\d+\/[^:]+)?$/

const pullPolicy = (image: string): string =>
  (image.endsWith(':latest') || withoutVersion.test(image)) && !image.includes('@')
    ? 'Always'
    : 'IfNotPresent'

const containerDefaults = (container: unknown): JsonObject => ({
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: pullPolicy(textAt(container, 'image')),
  resources: {},
  ...(isJsonObject(container) ? container : {}),
  ...(listAt(container, 'ports').length > 0
    ? {
        ports: listAt(container, 'ports').map(port => ({
          ...(isJsonObject(port) ? port : {}),
          protocol: textAt(port, 'protocol') || 'TCP',
        })),
      }
    : {}),
})

/** A pod's or a template's spec, filled in. */
export const podSpecDefaults = (spec: JsonObject): JsonObject => ({
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
  ...spec,
  containers: listAt(spec, 'containers').map(containerDefaults),
})

const containerCauses = (field: string, container: unknown): readonly Cause[] => {
  const name = textAt(container, 'name')
  return [
    ...(name === '' ? [required(`${field}.name`)] : nameCauses(`${field}.name`, name, nameRules.label)),
    ...when(textAt(container, 'image') === '', () => required(`${field}.image`)),
  ]
}

const restartPolicies = ['Always', 'OnFailure', 'Never']

/** What is wrong with a pod's or a template's spec, which is at `field`. */
export const podSpecCauses = (field: string, spec: JsonObject): readonly Cause[] => {
  const containers = listAt(spec, 'containers')
  const names = containers.map(container => textAt(container, 'name'))
  const restart = textAt(spec, 'restartPolicy')
  return [
    ...when(containers.length === 0, () => required(`${field}.containers`)),
    ...containers.flatMap((container, index) => containerCauses(`${field}.containers[${index}]`, container)),
    ...names.flatMap((name, index) =>
      when(name !== '' && names.indexOf(name) < index, () =>
        duplicate(`${field}.containers[${index}].name`, name),
      ),
    ),
    ...when(!restartPolicies.includes(restart), () =>
      unsupported(`${field}.restartPolicy`, restart, restartPolicies),
    ),
  ]
}

const status = (object: ApiObject): JsonObject => ({
  phase: 'Pending',
  qosClass: 'BestEffort',
  ...objectAt(object, 'status'),
})

export const podRules: Rules = {
  defaulted: object => ({
    ...object,
    spec: { enableServiceLinks: true, ...podSpecDefaults(objectAt(object, 'spec')) },
    status: status(object),
  }),
  causes: object => podSpecCauses('spec', objectAt(object, 'spec')),
}
