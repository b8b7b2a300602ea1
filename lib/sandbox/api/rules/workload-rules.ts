import { isDeepStrictEqual } from 'node:util'
import { matches } from '../../../model/label-selector.js'
import type { ApiObject } from '../../api-object.js'
import { required, unsupported, when, wrong } from './causes.js'
import { type JsonObject, numberAt, objectAt, textAt, textMapAt } from '../../json.js'
import { selectorOf } from '../select/label-selector.js'
import { podSpecCauses, podSpecDefaults } from './pod-rules.js'
import type { Rules } from './rules.js'
import type { Cause } from '../status-error.js'

const strategyDefaults = (strategy: JsonObject): JsonObject => {
  const type = textAt(strategy, 'type') || 'RollingUpdate'
  if (type !== 'RollingUpdate') return { ...strategy, type }
  return {
    ...strategy,
    type,
    rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%', ...objectAt(strategy, 'rollingUpdate') },
  }
}

const template = (spec: JsonObject): JsonObject => {
  const asked = objectAt(spec, 'template')
  return {
    ...asked,
    metadata: { creationTimestamp: null, ...objectAt(asked, 'metadata') },
    spec: podSpecDefaults(objectAt(asked, 'spec')),
  }
}

const deploymentDefaults = (spec: JsonObject): JsonObject => ({
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  ...spec,
  strategy: strategyDefaults(objectAt(spec, 'strategy')),
})

const selectorCauses = (object: ApiObject, current: ApiObject | undefined): readonly Cause[] => {
  const selector = objectAt(object, 'spec', 'selector')
  const labels = textMapAt(object, 'spec', 'template', 'metadata', 'labels')
  const requirements = selectorOf(selector)
  if (requirements.length === 0) return [required('spec.selector')]
  return [
    ...when(!matches(requirements, labels), () =>
      wrong('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    ),
    ...when(
      current !== undefined && !isDeepStrictEqual(selector, objectAt(current, 'spec', 'selector')),
      () => wrong('spec.selector', selector, 'field is immutable'),
    ),
  ]
}

const strategies = ['Recreate', 'RollingUpdate']

/** For Deployments and ReplicaSets, which differ only in how pods are replaced. */
export const workloadRules: Rules = {
  defaulted: object => {
    const spec = objectAt(object, 'spec')
    return {
      ...object,
      spec: {
        ...(object.kind === 'Deployment' ? deploymentDefaults(spec) : spec),
        replicas: numberAt(spec, 'replicas') ?? 1,
        template: template(spec),
      },
      status: object.status ?? (object.kind === 'ReplicaSet' ? { replicas: 0 } : {}),
    }
  },
  causes: (object, current) => {
    const spec = objectAt(object, 'spec')
    const replicas = numberAt(spec, 'replicas') ?? 1
    return [
      ...when(replicas < 0 || !Number.isInteger(replicas), () =>
        wrong('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ),
      ...selectorCauses(object, current),
      ...podSpecCauses('spec.template.spec', objectAt(spec, 'template', 'spec')),
      ...when(object.kind === 'Deployment' && !strategies.includes(textAt(spec, 'strategy', 'type')), () =>
        unsupported('spec.strategy.type', textAt(spec, 'strategy', 'type'), strategies),
      ),
    ]
  },
}
