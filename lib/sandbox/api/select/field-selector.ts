import type { ApiObject } from '../../api-object.js'
import { textAt } from '../../json.js'
import type { Kind } from '../kinds.js'
import { badRequest } from '../status-error.js'

/** One condition on a field. */
export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

const always = ['metadata.name', 'metadata.namespace']

const more: Partial<Record<Kind['resource'], readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  services: ['spec.clusterIP', 'spec.type'],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  replicasets: ['status.replicas'],
  events: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      field => `involvedObject.${field}`,
    ),
    ...['reason', 'reportingComponent', 'source', 'type'],
  ],
}

const fieldOf = (object: ApiObject, field: string): string => textAt(object, ...field.split('.'))

/** Whether the object meets all of them. A field that is absent reads as ''. */
export const meets = (requirements: readonly FieldRequirement[], object: ApiObject): boolean =>
  requirements.every(({ field, equal, value }) => (fieldOf(object, field) === value) === equal)

/** Reads `metadata.name=cart,status.phase!=Failed`. Throws 400 for what is none, and for fields that a kind lacks. */
export const fieldSelector = (kind: Kind, text: string): readonly FieldRequirement[] =>
  text
    .split(',')
    .filter(part => part.trim() !== '')
    .map(part => {
      const [, field = '', sign, value = ''] = /^\s*([^!=\s]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part) ?? []
      if (sign === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      if (!always.includes(field) && !more[kind.resource]?.includes(field))
        throw badRequest(`field label not supported: ${field}`)
      return { field, equal: sign !== '!=', value }
    })
