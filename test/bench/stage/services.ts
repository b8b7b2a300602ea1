import { realClock } from '../../../lib/cli/real-clock.js'
import { machine } from '../../../lib/host/machine.js'
import { type IpAddress, ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { createBaseObjects } from '../../../lib/sandbox/base-objects.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { createHandler } from '../../../lib/sandbox/api/serve/handler.js'
import { kubeconfigFor } from '../../../lib/sandbox/api/serve/kubeconfig.js'
import { startApiServer } from '../../../lib/sandbox/api/serve/server.js'
import { Store } from '../../../lib/sandbox/api/store/store.js'
import { timestamp } from '../../../lib/sandbox/api/time.js'

/** What every proxy carries: the port of its portal and of the server, each with what is served there. */
export const ports = { web: 8080, bulk: 5201, echo: 5300 } as const

const protocols = { web: 'TCP', bulk: 'TCP', echo: 'UDP' } as const

const kinds = ['web', 'bulk', 'echo'] as const

/** The cluster IP that kube-portal serves. */
export const clusterIp = ipAddress('10.96.0.10')

/** An API server with one Service, for a real `kube-portal run`. */
export interface Services {
  /** The path of a file. */
  readonly kubeconfig: string
  /** Gives the Service other endpoints. */
  readonly setEndpoints: (addresses: readonly IpAddress[]) => void
}

const slice = (addresses: readonly IpAddress[]): object => ({
  addressType: 'IPv4',
  endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
  ports: kinds.map(name => ({ name, protocol: protocols[name], port: ports[name] })),
})

const metadata = {
  name: 'bench',
  namespace: 'default',
  labels: { 'kubernetes.io/service-name': 'bench' },
}

/** Starts the API server on this node's loopback. It has no controllers: what it holds is what we say. */
export const startServices = async (addresses: readonly IpAddress[]): Promise<Services> => {
  const now = (): Date => new Date()
  const store = new Store({ now, random: Math.random })
  const host = ipAddress('127.0.0.1')
  const api = { address: host, port: port(6443) }
  const certificates = await createCertificates([host], now())
  const handler = createHandler({ store, clock: realClock, now })
  const { ca } = await startApiServer({ handler, certificates, host, port: api.port })
  createBaseObjects(store, {
    nodeName: 'node',
    api: { ...api, address: ipAddress('10.244.0.1') },
    now: () => timestamp(now()),
  })
  store.create('services', {
    metadata,
    spec: {
      clusterIP: clusterIp,
      ports: kinds.map(name => ({ name, protocol: protocols[name], port: ports[name] })),
    },
  })
  store.create('endpointslices', { metadata, ...slice(addresses) })
  const kubeconfig = '/run/bench/kubeconfig'
  await machine.writeFile(kubeconfig, kubeconfigFor({ url: `https://${host}:${api.port}`, ca }))
  return { kubeconfig, setEndpoints: now => void store.update('endpointslices', { metadata, ...slice(now) }) }
}
