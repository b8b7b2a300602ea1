import type { ObjectChange, Objects, Resource } from '../objects.js'
import type { Controller } from './controller.js'

/** Controllers at work. */
export interface Running {
  /** Resolves when nothing is left to look at. What a pod is still waiting for does not count. */
  idle(): Promise<void>
  /** Stops at once; the objects stay as they are. */
  close(): void
}

export interface RunOptions {
  /** Told of what a controller threw; the key is looked at again after the next change that concerns it. */
  readonly onTrouble: (error: unknown) => void
}

const resources: readonly Resource[] = [
  ...(['nodes', 'services', 'endpoints', 'endpointslices'] as const),
  ...(['deployments', 'replicasets', 'pods'] as const),
]

/** Runs `controllers` over what is there now and over every change to come. Changes at one time are one pass. */
export const runControllers = (
  objects: Objects,
  controllers: readonly Controller[],
  { onTrouble }: RunOptions,
): Running => {
  const queues = controllers.map(controller => ({ controller, dirty: new Set<string>() }))
  let pass: Promise<void> | undefined
  let closed = false

  const reconcile = (controller: Controller, key: string): void => {
    try {
      controller.reconcile(key)
    } catch (error) {
      onTrouble(error)
    }
  }
  const drain = (): void => {
    // What is reconciled makes more dirty: until a whole round finds nothing.
    while (!closed && queues.some(({ dirty }) => dirty.size > 0))
      for (const { controller, dirty } of queues)
        for (const key of dirty) {
          dirty.delete(key)
          reconcile(controller, key)
        }
  }
  const mark = (change: ObjectChange): void => {
    for (const { controller, dirty } of queues) for (const key of controller.dirtiedBy(change)) dirty.add(key)
    pass ??= new Promise(resolve =>
      setImmediate(() => {
        drain()
        pass = undefined
        resolve()
      }),
    )
  }
  for (const resource of resources)
    for (const object of objects.list(resource)) mark({ type: 'ADDED', resource, object })
  const unsubscribe = objects.onChange(mark)
  return {
    idle: async () => {
      while (pass) await pass
    },
    close: () => {
      closed = true
      unsubscribe()
    },
  }
}
