import type { Host } from '../host/host.js'
import type { Clock } from '../model/clock.js'
import type { Family } from '../model/ip-address.js'
import type { Milliseconds } from '../model/milliseconds.js'
import { port } from '../model/port.js'
import type { Tokens } from './api/serve/authorization.js'
import { createHandler } from './api/serve/handler.js'
import { kubeconfigFor } from './api/serve/kubeconfig.js'
import { roleBased, type ServiceAccount } from './api/serve/role-based.js'
import { startApiServer } from './api/serve/server.js'
import { Store } from './api/store/store.js'
import { timestamp } from './api/time.js'
import { createCertificates } from './api/certificates.js'
import { type Cluster, startCluster } from './cluster.js'
import { nodeAddress, nodeAddresses, serviceNetworks } from './network/addresses.js'
import { familiesHere } from './network/families.js'

export interface SandboxOptions {
  readonly host: Host
  readonly clock: Clock
  /** The date, for what the API dates. */
  readonly now: () => Date
  /** From 0 to 1, as `Math.random` gives it. */
  readonly random: () => number
  /** How long a deleted pod still serves; default 500 ms. 0: it goes at once. */
  readonly grace?: Milliseconds
  /** Service accounts by their tokens, which may do what their ClusterRoles say. Absent: whoever can connect may do everything. */
  readonly accounts?: Readonly<Record<string, ServiceAccount>>
  /** API groups that the server has not heard of: `discovery.k8s.io`, for one from before Kubernetes 1.21. */
  readonly missingGroups?: readonly string[]
  /** Told of what a controller could not do. */
  readonly onTrouble: (error: unknown) => void
}

/** A whole cluster of one node, that any Kubernetes client can talk to. */
export interface Sandbox extends Cluster {
  readonly objects: Store
  /** The API server, for clients on the node. */
  readonly url: string
  /** What clients have to trust, as PEM. */
  readonly ca: string
  /** A kubeconfig that may do everything, as text. */
  readonly kubeconfig: string
}

const apiPort = port(6443)

/** What the API server is called, by whoever asks it something. */
const names = (families: readonly Family[]): readonly string[] => [
  '127.0.0.1',
  ...families.map(family => nodeAddresses[family]),
  '10.96.0.1',
  'kubernetes',
]

/** It may do everything, where anybody needs a token at all. */
const adminToken = 'anybody'

/** The tokens of an API server: one for whoever may do everything, and those of `accounts`. */
export const tokensOf = (accounts: Readonly<Record<string, ServiceAccount>>, objects: Store): Tokens => ({
  [adminToken]: { name: 'system:admin' },
  ...Object.fromEntries(
    Object.entries(accounts).map(([token, account]) => [token, roleBased(objects, account)]),
  ),
})

/** Starts a sandbox, in a namespace of its own (`namespaceCommand`) that has been settled. */
export const startSandbox = async ({
  now,
  random,
  missingGroups = [],
  accounts,
  ...parts
}: SandboxOptions): Promise<Sandbox> => {
  const { clock, host } = parts
  const families = await familiesHere(host)
  const serviceCidrs = families.map(family => serviceNetworks[family])
  const objects = new Store({ now, random, serviceCidrs })
  const certificates = await createCertificates(names(families), now())
  const server = await startApiServer({
    handler: createHandler({
      ...{ store: objects, clock, now, missingGroups },
      ...(accounts && { tokens: tokensOf(accounts, objects) }),
    }),
    certificates,
    host: families.includes('IPv6') ? '::' : '0.0.0.0',
    port: apiPort,
  })
  const cluster = await startCluster({
    ...parts,
    ...{ objects, families },
    now: () => timestamp(now()),
    api: { address: nodeAddress, port: apiPort },
  })
  const url = `https://127.0.0.1:${apiPort}`
  return {
    ...cluster,
    objects,
    url,
    ca: certificates.ca,
    // kubectl asks the user for a name and a password where the file has none.
    kubeconfig: kubeconfigFor({ url, ca: server.ca, token: adminToken }),
    close: async () => {
      await cluster.close()
      await server.close()
    },
  }
}
