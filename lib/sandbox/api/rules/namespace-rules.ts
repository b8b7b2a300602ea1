import { textAt } from '../../json.js'
import type { Rules } from './rules.js'

export const namespaceRules: Rules = {
  defaulted: object => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    spec: object.spec ?? { finalizers: ['kubernetes'] },
    status: textAt(object, 'status', 'phase') === '' ? { phase: 'Active' } : object.status,
  }),
  causes: () => [],
}
