import type { Socket } from 'node:dgram'
import type { Picker } from '../../balancer/picker.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import { errorText } from '../../model/error-text.js'
import type { Report } from '../../model/event.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { FlowRefused } from '../../model/traffic-event.js'
import { isLoop, type OwnFlows } from './own-flows.js'
import { addressAt, type Client, clientAt, type Origin } from './client.js'
import type { Flow } from './flow.js'
import type { Flows } from './flows.js'
import type { Heir, InheritedFlow } from './inherited-door.js'
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
  #heir: Heir | undefined

  constructor(socket: Socket, service: UdpService) {
    this.#outlet = new Outlet(socket)
    this.#service = service
  }

  /** A datagram has come. */
  readonly receive = (datagram: Buffer, from: Origin): void => {
    const flow = this.#flows.get(keyOf(from.address, from.port))
    if (flow) flow.send(datagram)
    else if (this.#heir) this.#heir.datagram(datagram, from)
    else this.#welcome(datagram, from)
  }

  get socket(): Socket {
    return this.#outlet.socket
  }

  /** Goes on with flows of a process before this one. */
  adopt(flows: readonly InheritedFlow[]): void {
    for (const { client: from, endpoint, parked } of flows) {
      const client = { ...clientAt(from), asked: this.#outlet, returns: 0 }
      const refused = (flow: Flow, error: Error): void => this.#leave(flow, error)
      this.#keep(this.#service.flows.adopt({ client, endpoint, parked, refused }))
    }
  }

  /**
   * Gives all flows to `heir`, and what comes for others from now on: clients meet the same endpoints there. The door stays open:
   * its socket is shared, until both have closed it.
   */
  async handOver(heir: Heir): Promise<void> {
    this.#heir = heir
    for (const flow of this.#flows.values()) {
      const { client, endpoint, socket } = flow
      await heir.flow({ address: client.host, port: client.port }, { endpoint, socket })
      // It may have ended by itself meanwhile.
      if (this.#flows.get(keyOf(client.host, client.port)) === flow)
        this.#service.flows.end(flow, 'handed over')
    }
  }

  /** There is no heir after all. */
  takeBack(): void {
    this.#heir = undefined
  }

  /** Ends all flows that came here, and the socket. */
  close(): void {
    for (const flow of this.#flows.values()) this.#service.flows.end(flow, 'closing')
    this.#outlet.socket.close()
  }

  #welcome(datagram: Buffer, from: Origin): void {
    if (from.port === 0) {
      this.#refuse({ address: addressAt(from) }, 'no port to answer')
      return
    }
    const returns = this.#service.ownFlows.returnsOf(from)
    const client = { ...clientAt(from), asked: this.#outlet, returns }
    if (isLoop(returns)) this.#refuse(client, 'loop')
    else this.#begin(client, [])?.send(datagram)
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
    return this.#keep(flow)
  }

  #keep(flow: Flow | undefined): Flow | undefined {
    if (!flow) return undefined
    const key = keyOf(flow.client.host, flow.client.port)
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
