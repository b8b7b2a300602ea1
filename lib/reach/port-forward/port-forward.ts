import type { Clock } from '../../model/clock.js'
import type { Endpoint } from '../../model/endpoint.js'
import { seconds } from '../../model/milliseconds.js'
import type { PodName } from '../../model/pod-name.js'
import { serviceOf } from '../../model/service-port.js'
import type { ByteStream } from '../../stream/byte-stream.js'
import type { Dialling, DialOptions, Reach } from '../reach.js'
import { Attempt } from './attempt.js'
import { ForwardFailure, noPod } from './failures.js'
import type { ForwardingServer } from './web-socket.js'

export interface PortForwardOptions {
  /** The API server, and the credentials as they are now: asked before each dial. */
  readonly server: () => Promise<ForwardingServer>
  /** The Pod that serves Services of the namespace at an endpoint; undefined where it is none. */
  readonly podAt: (endpoint: Endpoint, namespace: string) => PodName | undefined
  readonly clock: Clock
  /** Told when we may not forward in a namespace: once for as long as the reason stays. */
  readonly forbidden?: (namespace: string, reason: string) => void
}

/** Reaches endpoints that are Pods through the API server, as `kubectl port-forward` does: over TCP, with a WebSocket for each. */
export class PortForward implements Reach {
  /**
   * The API server may be far, and asks the kubelet, which asks the container runtime. A pod that refuses says so at once; only
   * who hears nothing waits so long, and somebody who types `curl` waits half a minute, not more.
   */
  readonly schedule = [5, 10, 15].map(seconds)
  /**
   * A client's end cannot be passed on. Most clients that send it have closed and wait for nothing, and many servers keep such a
   * connection for ever: an hour, as long as others get, would pile up WebSockets. (`kubectl port-forward` gives a second.)
   */
  readonly halfOpenTimeout = seconds(60)
  readonly #options: PortForwardOptions
  readonly #forbidden = new Map<string, string>()

  constructor(options: PortForwardOptions) {
    this.#options = options
  }

  dial(endpoint: Endpoint, { timeout, servicePort }: Pick<DialOptions, 'timeout' | 'servicePort'>): Dialling {
    const { server, podAt, clock } = this.#options
    const pod = servicePort && podAt(endpoint, serviceOf(servicePort).namespace)
    if (!pod) return { stream: Promise.reject(noPod(endpoint)), giveUp: () => undefined }
    const target = { namespace: pod.namespace, name: pod.name, port: endpoint.port }
    const attempt = new Attempt(target, { server, clock, timeout }).start()
    return { stream: this.#followed(attempt, pod), giveUp: () => attempt.giveUp() }
  }

  async #followed({ stream }: Dialling, { namespace }: PodName): Promise<ByteStream> {
    try {
      const connected = await stream
      this.#forbidden.delete(namespace)
      return connected
    } catch (error) {
      if (error instanceof ForwardFailure && error.code === 'FORBIDDEN') this.#tell(namespace, error.said)
      throw error
    }
  }

  #tell(namespace: string, said: string): void {
    // `pods "web-1" is forbidden: User "ada" cannot …`: which pod it was does not matter.
    const reason = said.replace(/^.*? is forbidden: /, '')
    if (this.#forbidden.get(namespace) === reason) return
    this.#forbidden.set(namespace, reason)
    this.#options.forbidden?.(namespace, reason)
  }
}
