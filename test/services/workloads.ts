import type { ApiObject } from '../../lib/sandbox/api-object.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'
import { isReady, isTerminating } from '../../lib/sandbox/controllers/pod.js'
import { readyAnnotation } from '../../lib/sandbox/controllers/pod-status.js'
import { numberAt, textAt } from '../../lib/sandbox/json.js'

/** A port of a pod's only container. */
export interface ContainerPort {
  readonly containerPort: number
  readonly name?: string
  readonly protocol?: 'TCP' | 'UDP'
}

export interface Deployed {
  /** How many pods; default 1. */
  readonly replicas?: number
  /** Where they listen; default 8080, TCP and UDP. */
  readonly ports?: readonly ContainerPort[]
  /** The label `app` of the pods, which their Service asks for; default the Deployment's name. */
  readonly app?: string
  /** On which Node they run; default the sandbox's own. */
  readonly node?: string
  readonly annotations?: Readonly<Record<string, string>>
}

const usualPorts: readonly ContainerPort[] = [
  { containerPort: 8080, protocol: 'TCP' },
  { containerPort: 8080, protocol: 'UDP' },
]

export const deployment = (name: string, options: Deployed): ApiObject => {
  const { replicas = 1, ports = usualPorts, app = name, node, annotations = {} } = options
  const labels = { app, deployment: name }
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      ...{ replicas, selector: { matchLabels: { deployment: name } } },
      template: {
        metadata: { labels, annotations },
        spec: {
          containers: [{ name: 'pod', image: 'any', ports }],
          ...(node !== undefined && { nodeName: node }),
        },
      },
    },
  }
}

const nameOf = ({ metadata: { name } }: ApiObject): string => name

/** The pods of a Deployment, those that are going included, sorted by name. */
export const podsOf = (objects: Store, name: string): readonly ApiObject[] =>
  objects
    .list('pods', 'default')
    .filter(({ metadata: { labels } }) => labels?.deployment === name)
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))

/** What `look` finds in the store, as soon as it finds something. Rejects after 20 s. */
export const found = <Value>(objects: Store, look: () => Value | undefined): Promise<Value> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('waited 20 s in vain for the cluster')), 20_000)
    const again = (): void => {
      const value = look()
      if (value === undefined) return
      clearTimeout(late)
      end()
      resolve(value)
    }
    const end = objects.onChange(again)
    again()
  })

/** The annotations of pods that are not to be ready. */
export const neverReady = { [readyAnnotation]: 'false' }

const whenAll = (is: (pod: ApiObject) => boolean, objects: Store, name: string): Promise<readonly string[]> =>
  found(objects, () => {
    const wanted = numberAt(objects.get('deployments', 'default', name), 'spec', 'replicas')
    const pods = podsOf(objects, name)
    const settled = pods.length === wanted && pods.every(pod => is(pod) && !isTerminating(pod))
    return settled ? pods.map(nameOf) : undefined
  })

/** The names of the pods of a Deployment, when it has exactly as many as it wants, and all are ready. */
export const whenReady = whenAll.bind(undefined, isReady)

/** The same, when all run, ready or not. */
export const whenRunning = whenAll.bind(undefined, pod => textAt(pod, 'status', 'phase') === 'Running')
