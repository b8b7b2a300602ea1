import type { Report } from '../model/event.js'
import type { Family } from '../model/ip-address.js'
import type { Log } from '../observe/log.js'
import { ApiClient } from '../watch/api-client.js'
import { type ApiServer, findApiServer } from '../watch/api-server.js'
import { ApiSource } from '../watch/api-source.js'
import type { ClusterScope } from '../watch/cluster-mirrors.js'
import { whyOwnPortal } from '../watch/own-portal.js'
import { ServerAddresses } from '../watch/server-addresses.js'
import { lookup } from './lookup.js'
import { kubeconfigChoice } from './kubeconfig-choice.js'
import { nodeName } from './node-name.js'
import type { ClusterOptions } from './options/cluster.js'
import type { NodeOptions } from './options/node.js'
import { ownPodsFrom } from './own-pods.js'
import { realClock as clock } from './real-clock.js'

/** A cluster, by its API server. */
export interface Cluster {
  /** Which one it is; without a name where no kubeconfig gives it one. */
  readonly context: { readonly name: string | undefined; readonly origin: string; readonly server: URL }
  readonly source: ApiSource
  /** The API server, and how to be let in. */
  readonly server: ApiServer
  /** The one that the kubeconfig's context means where none is named. */
  readonly namespace: string
  /**
   * Reads all that there is once. Rejects with a Failure: `api-unreachable` where trying again may help, `api-refused` and
   * `conflict` where it will not.
   */
  readonly readOnce: (signal: AbortSignal) => Promise<void>
}

export interface ClusterParts extends ClusterScope {
  readonly families: readonly Family[]
  readonly log: Log
  readonly report: Report
}

/** Finds the cluster that the options mean, and says which that is. Asks it nothing yet. */
export const openCluster = async (
  options: ClusterOptions & NodeOptions,
  { families, log, report, nodes }: ClusterParts,
): Promise<Cluster> => {
  const ownPods = ownPodsFrom(options)
  const { capture, externalCidrs, namespace: namespaces, serviceClusterIpRange = [] } = options
  const server = await findApiServer(await kubeconfigChoice(options, log))
  const { url, context, origin, proxied } = server
  report({
    ...{ type: 'cluster-found', server: url.href, origin },
    ...(context !== undefined && { context }),
  })
  const transport = new ApiClient({ ...server, server: url, clock })
  const source = new ApiSource({
    ...{ transport, clock, random: Math.random, report, namespaces, nodes },
    server: new ServerAddresses({ server: url, proxied, lookup, clock }),
    translation: {
      ...{ nodeName: nodeName(options.hostnameOverride), families, serviceCidrs: serviceClusterIpRange },
      ...(externalCidrs && { externalCidrs }),
      ...(ownPods && { ownPods }),
      externalIpsTake: capture === 'bind' ? 'addresses' : 'ports',
    },
  })
  return {
    ...{ source, server, namespace: server.namespace },
    context: { name: context, origin, server: url },
    readOnce: async signal => {
      await source.readOnce(signal)
      const conflict = whyOwnPortal(source.snapshot(), url)
      if (conflict) throw conflict
    },
  }
}
