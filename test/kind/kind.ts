import { realClock } from '../../lib/cli/real-clock.js'
import { type Family, ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import type { ServiceAccount } from '../../lib/sandbox/api/serve/role-based.js'
import { Store } from '../../lib/sandbox/api/store/store.js'
import { timestamp } from '../../lib/sandbox/api/time.js'
import { createBaseObjects } from '../../lib/sandbox/base-objects.js'
import { startControllers } from '../../lib/sandbox/controllers/start-controllers.js'
import { serviceNetworks } from '../../lib/sandbox/network/addresses.js'
import { type PodHost, startPodHost } from '../../lib/sandbox/pods/pod-host.js'
import { type Sandbox, tokensOf } from '../../lib/sandbox/sandbox.js'
import { PublishedApi } from './api.js'
import { createDns, isDns, serveDns } from './dns/cluster-dns.js'
import { writeDockerRules } from './docker-rules.js'
import { forwardsTo } from './forwards.js'
import { kubeconfigOf } from './kubeconfig.js'
import { furnish } from './laptop.js'
import { joinWifi } from './network.js'
import { nodeObjects, startNodes } from './nodes.js'

/** How long a pod that was told to go still serves: until everybody has heard of it, and whoever came before that has been answered. */
const grace = milliseconds(1000)

export interface KindOptions {
  /** Of the cluster; default IPv4, as kind's. */
  readonly families?: readonly Family[]
  /** Service accounts by their tokens, which are also their contexts; beside the one that may do everything. */
  readonly accounts?: Readonly<Record<string, ServiceAccount>>
  /** Whether it has a DNS server, at 10.96.0.10; default: none. */
  readonly dns?: true
  /** Which iptables Docker uses; default nft. */
  readonly backend?: 'nft' | 'legacy'
  readonly onTrouble: (error: unknown) => void
}

/** A laptop with a kind cluster of three nodes, as `kind create cluster` leaves it. */
export interface Kind extends Sandbox {
  readonly api: PublishedApi
}

/** Makes this namespace, which has been settled (`inNamespace`), a laptop on which kind runs. */
export const startKind = async (options: KindOptions): Promise<Kind> => {
  const { families = ['IPv4'], accounts = {}, backend = 'nft', dns, onTrouble } = options
  const now = () => timestamp(new Date())
  const objects = new Store({
    ...{ now: () => new Date(), random: Math.random },
    serviceCidrs: families.map(family => serviceNetworks[family]),
  })
  const nodes = nodeObjects(families, now())
  const running = await startNodes(nodes, (pod, host) =>
    isDns(pod) ? serveDns(objects, pod, host.pid) : undefined,
  )
  const world = await startPodHost()
  await joinWifi(world.pid)
  for (const node of nodes) objects.create('nodes', node)
  const nodeNames = nodes.map(({ metadata }) => metadata.name)
  const [nodeName = ''] = nodeNames
  const apiServer = { address: ipAddress('172.18.0.2'), port: port(6443) }
  createBaseObjects(objects, { nodeName, api: apiServer, families, now })
  const controllers = startControllers(objects, {
    ...{ nodeNames, pods: running, clock: realClock, now, grace, onTrouble },
  })
  if (dns) createDns(objects)
  const tokens = tokensOf(accounts, objects)
  const upgrade = forwardsTo({ objects, tokens, nodes: running })
  const api = await PublishedApi.open({ objects, tokens, upgrade })
  await writeDockerRules(Number(new URL(api.url).port), backend)
  const kubeconfig = kubeconfigOf(api, Object.fromEntries(Object.keys(accounts).map(token => [token, token])))
  await furnish(kubeconfig)
  const pods: PodHost = running.hostOf(ipAddress('10.244.1.1'))
  return {
    ...{ nodeName, families, pods, objects, url: api.url, ca: api.ca, kubeconfig, api },
    idle: () => controllers.idle(),
    close: async () => {
      controllers.close()
      await Promise.all([api.stop(), running.close(), world.close()])
    },
  }
}
