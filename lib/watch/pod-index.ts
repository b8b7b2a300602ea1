import type { Endpoint } from '../model/endpoint.js'
import type { IpAddress } from '../model/ip-address.js'
import type { PodName } from '../model/pod-name.js'
import type { EndpointSlice } from './translation/endpoint-slice.js'

/** All slices there are, by what they were read of. */
type Slices = ReadonlyMap<string, readonly EndpointSlice[]>

/** An endpoint that is a Pod, and the slice that says so. */
interface Place {
  readonly slice: EndpointSlice
  readonly pod: PodName
  readonly ready: boolean
}

const hasPort = ({ ports }: EndpointSlice, wanted: number): boolean =>
  ports.some(({ port, protocol }) => port === wanted && protocol === 'TCP')

/** Which Pods are where. Pods of the host's network share an address, and while one is replaced two may share a port: a ready one wins. */
export class PodIndex {
  readonly #slices = new Map<string, readonly EndpointSlice[]>()
  readonly #places = new Map<IpAddress, Place[]>()
  #version = -1

  /** Takes all `slices` as they are now. Cheap while `version` is the same, and else as expensive as what has changed. */
  follow(slices: Slices, version: number): void {
    if (version === this.#version) return
    this.#version = version
    for (const [key, known] of this.#slices) if (slices.get(key) !== known) this.#remove(key, known)
    for (const [key, several] of slices) if (!this.#slices.has(key)) this.#add(key, several)
  }

  /**
   * The Pod that serves Services of `namespace` there, over TCP. Who may write slices in another one could otherwise have its clients
   * sent to a Pod of their own.
   */
  at({ address, port }: Endpoint, namespace: string): PodName | undefined {
    let unready: PodName | undefined
    for (const { slice, pod, ready } of this.#places.get(address) ?? [])
      if (pod.namespace === namespace && hasPort(slice, port)) {
        if (ready) return pod
        unready ??= pod
      }
    return unready
  }

  #add(key: string, several: readonly EndpointSlice[]): void {
    this.#slices.set(key, several)
    for (const slice of several) {
      if (slice.service === undefined) continue
      const [namespace = ''] = slice.service.split('/')
      for (const { address, pod: name, ready } of slice.endpoints) {
        if (name === undefined) continue
        const place = { slice, pod: { namespace, name }, ready }
        const others = this.#places.get(address)
        if (others) others.push(place)
        else this.#places.set(address, [place])
      }
    }
  }

  #remove(key: string, several: readonly EndpointSlice[]): void {
    this.#slices.delete(key)
    for (const slice of several)
      for (const { address } of slice.endpoints) {
        const others = this.#places.get(address)?.filter(place => place.slice !== slice) ?? []
        if (others.length > 0) this.#places.set(address, others)
        else this.#places.delete(address)
      }
  }
}
