import type { Host } from '../host/host.js'
import type { Clock } from '../model/clock.js'
import type { Endpoint } from '../model/endpoint.js'
import type { Family } from '../model/ip-address.js'
import { milliseconds, type Milliseconds } from '../model/milliseconds.js'
import { createBaseObjects } from './base-objects.js'
import { startControllers } from './controllers/start-controllers.js'
import { connectNode } from './network/node-network.js'
import type { Objects } from './objects.js'
import { type PodHost, startPodHost } from './pods/pod-host.js'

export interface ClusterOptions {
  readonly objects: Objects
  readonly host: Host
  readonly clock: Clock
  /** As the API writes it: `2026-11-22T07:05:46Z`. */
  readonly now: () => string
  /** Where the API server listens. */
  readonly api: Endpoint
  /** Which addresses the node and its pods get, the first one first. */
  readonly families: readonly Family[]
  /** The Node's name; default `sandbox-node`. */
  readonly nodeName?: string
  /** How long a deleted pod still serves; default 500 ms. 0: it goes at once. */
  readonly grace?: Milliseconds
  /** Told of what a controller could not do, such as making a pod that the API refuses. */
  readonly onTrouble: (error: unknown) => void
}

/** A node with its pods, and the controllers that make of Deployments and Services what a cluster makes of them. */
export interface Cluster {
  readonly nodeName: string
  /** Those that its Nodes, pods and Services have; IPv6 where the kernel has it. */
  readonly families: readonly Family[]
  /** The pods, to be clients with. */
  readonly pods: PodHost
  /** Resolves when the controllers have nothing left to do. A pod that starts or goes will give them more. */
  idle(): Promise<void>
  /** Ends all pods. The objects stay, and so does the bridge, until the namespace ends. */
  close(): Promise<void>
}

/** Starts the cluster, in a namespace of its own (`namespaceCommand`) that has been settled. */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { objects, host, clock, now, api, families, onTrouble } = options
  const { nodeName = 'sandbox-node', grace = milliseconds(500) } = options
  const pods = await startPodHost()
  try {
    await connectNode(host, pods.pid, families)
    createBaseObjects(objects, { nodeName, api, families, now })
  } catch (error) {
    await pods.close()
    throw error
  }
  const controllers = startControllers(objects, {
    ...{ nodeNames: [nodeName], pods, clock, now, grace, onTrouble },
  })
  return {
    nodeName,
    families,
    pods,
    idle: () => controllers.idle(),
    close: async () => {
      controllers.close()
      await pods.close()
    },
  }
}
