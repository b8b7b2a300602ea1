import { type EventOf, isOf, type PortalProcess } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'

const name = 'beacon'
const servicePort = 'default/beacon/TCP'
const serviceName = { 'kubernetes.io/service-name': name }

const service = (round: number) => ({
  metadata: { name, namespace: 'default' },
  spec: {
    ports: [{ port: 9 }],
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: round } },
  },
})

const slice = (address: string) => ({
  metadata: { name, namespace: 'default', labels: serviceName },
  addressType: 'IPv4',
  // Of a Pod, or a port-forward could not reach it, and it would not show.
  endpoints: [{ addresses: [address], targetRef: { kind: 'Pod', namespace: 'default', name } }],
  ports: [{ port: 9 }],
})

/**
 * Tells when kube-portal has done all that it can have heard of by now, whatever that was. Each kind of object reaches it in
 * order: so a Service of our own is changed, and its slice, and both have to show. No rule changes with them.
 */
export class Beacon {
  readonly #objects: Store
  #round = 0

  constructor(objects: Store) {
    this.#objects = objects
  }

  /** Resolves after the sync that has seen the Services and the slices as they are now. */
  async seen(portal: PortalProcess): Promise<void> {
    const round = (this.#round += 1)
    const from = portal.now()
    const address = `192.0.2.${1 + (round % 250)}`
    this.#put('services', service(round))
    this.#put('endpointslices', slice(address))
    const isAffinity = (event: ProxyEvent): event is EventOf<'affinity'> =>
      isOf('affinity', servicePort)(event) &&
      event.affinity.kind === 'client-ip' &&
      event.affinity.timeout === round * 1000
    const isEndpoints = (event: ProxyEvent): event is EventOf<'endpoints'> =>
      isOf('endpoints', servicePort)(event) && event.endpoints[0]?.address === address
    const both = [
      await portal.event('the beacon Service', isAffinity, from),
      await portal.event('the beacon slice', isEndpoints, from),
    ]
    const all = portal.events()
    await portal.synced(Math.max(...both.map(event => all.lastIndexOf(event))))
  }

  #put(resource: 'services' | 'endpointslices', object: Parameters<Store['create']>[1]): void {
    const current = this.#objects.get(resource, 'default', name)
    if (!current) this.#objects.create(resource, object)
    else
      this.#objects.update(resource, { ...current, ...object, metadata: current.metadata, spec: object.spec })
  }
}
