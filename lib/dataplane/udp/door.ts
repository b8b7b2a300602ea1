import type { Socket } from 'node:dgram'
import type { Picker } from '../../balancer/picker.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'
import { port } from '../../model/port.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { FlowRefused } from '../../model/traffic-event.js'
import { isLoop, type OwnFlows } from './own-flows.js'
import { addressAt, type Client, type Origin } from './client.js'
import type { Flow } from './flow.js'
import type { Flows } from './flows.js'
import { Outlet } from './outlet.js'

/** What is the same for all clients of a service port. */
export interface UdpService {
  readonly servicePort: ServicePortId
  readonly picker: Picker
  readonly flows: Flows
  readonly ownFlows: OwnFlows
  /** Whether this is a listener of ours: what is sent there would come back. */
  readonly isOurs: (endpoint: Endpoint) => boolean
  readonly report: Report
}

/** How many endpoints a datagram is sent to, the next one when one refuses. As often as TCP is dialled. */
const attempts = 4

/** Where clients come to at one local address: leads each datagram to its client's flow, and finds endpoints for new clients. */
export class Door {
  readonly #outlet: Outlet
  readonly #service: UdpService
  readonly #flows = new Map<string, Flow>()

  constructor(socket: Socket, service: UdpService) {
    this.#outlet = new Outlet(socket)
    this.#service = service
  }

  /** A datagram has come. */
  readonly receive = (datagram: Buffer, from: Origin): void => {
    const flow = this.#flows.get(keyOf(from.address, from.port))
    if (flow) flow.send(datagram)
    else this.#welcome(datagram, from)
  }

  /** Ends all flows that came here, and the socket. */
  close(): void {
    for (const flow of this.#flows.values()) this.#service.flows.end(flow, 'closing')
    this.#outlet.socket.close()
  }

  #welcome(datagram: Buffer, from: Origin): void {
    const address = addressAt(from)
    const returns = this.#service.ownFlows.returnsOf(from)
    if (from.port === 0) this.#refuse({ address }, 'no port to answer')
    else if (isLoop(returns)) this.#refuse({ address, port: port(from.port) }, 'loop')
    else {
      const client = { address, port: port(from.port), host: from.address, asked: this.#outlet, returns }
      this.#begin(client, [])?.send(datagram)
    }
  }

  /** A flow for `client`, to an endpoint that is none of `refused`. */
  #begin(client: Client, refused: readonly Endpoint[]): Flow | undefined {
    const failed = [...refused]
    const endpoint = this.#choose(client, failed)
    if (!endpoint) {
      this.#refuse(client, failed.length > 0 ? 'every endpoint failed' : 'no endpoint')
      return undefined
    }
    const flow = this.#service.flows.open({
      client,
      endpoint,
      failed,
      refused: (flow, error) => this.#leave(flow, error),
    })
    if (!flow) {
      this.#refuse(client, 'no room')
      return undefined
    }
    const key = keyOf(client.host, client.port)
    this.#flows.set(key, flow)
    flow.onceClosed(() => this.#flows.delete(key))
    return flow
  }

  /**
   * An endpoint that may be tried; those that may not are added to `failed`. None is tried twice: what has just refused
   * will again.
   */
  #choose(client: Client, failed: Endpoint[]): Endpoint | undefined {
    while (failed.length < attempts) {
      const endpoint = this.#service.picker.next(client.address, failed)
      if (!endpoint || failed.some(other => endpointText(other) === endpointText(endpoint))) return undefined
      if (!this.#service.isOurs(endpoint)) return endpoint
      failed.push(endpoint)
      this.#blame(client, {
        endpoint,
        attempt: failed.length,
        reason: 'it is a listener of kube-portal itself',
      })
    }
    return undefined
  }

  /** An endpoint has refused: what it did not get goes to another one. */
  #leave(flow: Flow, error: Error): void {
    const { client, endpoint, unanswered } = flow
    const failed = [...(unanswered?.failed ?? []), endpoint]
    const datagrams = unanswered?.take() ?? []
    this.#service.flows.end(flow, 'endpoint refused')
    this.#blame(client, { endpoint, attempt: failed.length, reason: errorText(error) })
    if (datagrams.length === 0) return
    const next = this.#begin(client, failed)
    for (const datagram of datagrams) next?.send(datagram)
  }

  #blame(client: Client, failure: Failure): void {
    const { servicePort, picker, report } = this.#service
    picker.forget(client.address, failure.endpoint)
    report({
      type: 'flow-failed',
      servicePort,
      client: client.address,
      clientPort: client.port,
      ...failure,
    })
  }

  #refuse({ address, port }: Refused, reason: FlowRefused['reason']): void {
    const { servicePort, report } = this.#service
    const clientPort = port !== undefined && { clientPort: port }
    report({ type: 'flow-refused', servicePort, client: address, ...clientPort, reason })
  }
}

type Refused = Partial<Client> & Pick<Client, 'address'>

interface Failure {
  readonly endpoint: Endpoint
  readonly attempt: number
  readonly reason: string
}

const keyOf = (address: string, port: number): string => `${address} ${port}`
