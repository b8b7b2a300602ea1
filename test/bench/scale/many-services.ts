import { realClock } from '../../../lib/cli/real-clock.js'
import { machine } from '../../../lib/host/machine.js'
import { ipAddress, type IpAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { createHandler } from '../../../lib/sandbox/api/serve/handler.js'
import { kubeconfigFor } from '../../../lib/sandbox/api/serve/kubeconfig.js'
import { startApiServer } from '../../../lib/sandbox/api/serve/server.js'
import { Store } from '../../../lib/sandbox/api/store/store.js'
import { timestamp } from '../../../lib/sandbox/api/time.js'
import { createBaseObjects } from '../../../lib/sandbox/base-objects.js'
import { serverAddress } from '../stage/network.js'
import { ports } from '../stage/services.js'

/** An API server with many Services, for a real `kube-portal run`. */
export interface ManyServices {
  /** The path of a file. */
  readonly kubeconfig: string
  /** Makes one more Service. */
  add(): void
  /** Gives the Service that clients ask other endpoints; it is always served. */
  changeEndpoints(): void
  close(): Promise<void>
}

const addressOf = (index: number): IpAddress => ipAddress(`10.96.${index >> 8}.${index & 255}`)

/** Spread over the service range, as the API server allots them; none twice, and none of the first few, which others have. */
const spread = (index: number): number => 20 + ((index * 40_503) % 65_497)

/** The address of the Service that clients ask. */
export const askedAddress = addressOf(spread(0))

const metadata = (index: number): { name: string; namespace: string; labels: Record<string, string> } => {
  const name = `service-${index}`
  return { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } }
}

const servicePort = { name: 'web', protocol: 'TCP', port: ports.web }

/** Nobody asks those of the other Services, so nobody is there. */
const endpointsOf = (index: number): readonly string[] =>
  index === 0
    ? [serverAddress]
    : [1, 2, 3].map(pod => `10.245.${(index >> 6) & 255}.${(index & 63) * 4 + pod - 1}`)

const slice = (index: number, addresses = endpointsOf(index)): object => ({
  addressType: 'IPv4',
  endpoints: addresses.map(address => ({
    addresses: [address],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: 'node',
    targetRef: { kind: 'Pod', namespace: 'default', name: `pod-${address}` },
  })),
  ports: [servicePort],
})

/** Starts the API server on this node's loopback, at `number`. */
export const startManyServices = async (count: number, number: number): Promise<ManyServices> => {
  const now = (): Date => new Date()
  const store = new Store({ now, random: Math.random })
  const host = ipAddress('127.0.0.1')
  const api = { address: host, port: port(number) }
  const certificates = await createCertificates([host], now())
  const handler = createHandler({ store, clock: realClock, now })
  const server = await startApiServer({ handler, certificates, host, port: api.port })
  createBaseObjects(store, {
    nodeName: 'node',
    api: { ...api, address: ipAddress('10.244.0.1') },
    now: () => timestamp(now()),
  })
  let made = 0
  let turn = 0
  const add = (): void => {
    const index = made++
    const spec = { clusterIP: addressOf(spread(index)), ports: [servicePort] }
    store.create('services', { metadata: metadata(index), spec })
    store.create('endpointslices', { metadata: metadata(index), ...slice(index) })
  }
  while (made < count) add()
  const kubeconfig = `/run/bench/kubeconfig-${count}`
  await machine.writeFile(kubeconfig, kubeconfigFor({ url: `https://${host}:${api.port}`, ca: server.ca }))
  return {
    kubeconfig,
    add,
    changeEndpoints: () => {
      turn += 1
      const others = turn % 2 === 0 ? [serverAddress] : [serverAddress, serverAddress.replace(/3$/, '4')]
      store.update('endpointslices', { metadata: metadata(0), ...slice(0, others) })
    },
    close: () => server.close(),
  }
}
