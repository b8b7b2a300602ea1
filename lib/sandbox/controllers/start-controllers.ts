import type { Objects } from '../objects.js'
import { deployments } from './deployments.js'
import { endpointSliceMirror } from './endpoint-slice-mirror.js'
import { endpointSlices } from './endpoint-slices.js'
import { endpoints } from './endpoints.js'
import { garbage } from './garbage.js'
import { Kubelet, type KubeletOptions } from './kubelet.js'
import { replicaSets } from './replica-sets.js'
import { runControllers, type Running } from './run-controllers.js'
import { scheduler } from './scheduler.js'

export interface ControllersOptions extends KubeletOptions {
  /** Where pods run that do not say where. */
  readonly nodeNames: readonly string[]
}

/** Starts all that makes of Deployments and Services what a cluster makes of them. */
export const startControllers = (
  objects: Objects,
  { nodeNames, ...options }: ControllersOptions,
): Running => {
  const { now, onTrouble } = options
  const kubelet = new Kubelet(objects, options)
  const controllers = [
    ...[deployments(objects, now), replicaSets(objects), scheduler(objects, nodeNames), kubelet],
    ...[endpoints(objects), endpointSlices(objects), endpointSliceMirror(objects), garbage(objects)],
  ]
  const running = runControllers(objects, controllers, { onTrouble })
  return {
    idle: () => running.idle(),
    close: () => {
      running.close()
      kubelet.close()
    },
  }
}
