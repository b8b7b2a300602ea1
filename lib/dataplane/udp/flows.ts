import type { Socket } from 'node:dgram'
import type { Alarm, Clock } from '../../model/clock.js'
import { type Endpoint, endpointText } from '../../model/endpoint.js'
import type { Report } from '../../model/event.js'
import { milliseconds, type Milliseconds, seconds } from '../../model/milliseconds.js'
import type { ServicePortId } from '../../model/service-port.js'
import type { FlowEnded } from '../../model/traffic-event.js'
import type { OwnFlows } from './own-flows.js'
import { anyAddressLike } from '../../model/ip-address.js'
import { boundSocket } from './bound-socket.js'
import type { Client } from './client.js'
import { Flow } from './flow.js'
import type { FlowRoom, Holder } from './flow-room.js'
import { knownAsConnected } from './known-as-connected.js'
import type { ParkedSocket } from './parked-socket.js'
import { Unanswered } from './unanswered.js'
import { UsageOrder } from './usage-order.js'

export interface FlowsOptions {
  readonly servicePort: ServicePortId
  readonly room: FlowRoom
  readonly ownFlows: OwnFlows
  readonly clock: Clock
  readonly report: Report
  readonly idleTimeout: Milliseconds
}

export interface FlowRequest {
  readonly client: Client
  readonly endpoint: Endpoint
  /** Those that have refused what the flow is for. */
  readonly failed: readonly Endpoint[]
  /** See `FlowParts`. */
  readonly refused: (flow: Flow, error: Error) => void
}

/** A flow that began in a process before this one. */
export interface AdoptedFlow extends Pick<FlowRequest, 'client' | 'endpoint' | 'refused'> {
  /** Connected to the endpoint. */
  readonly parked: ParkedSocket
}

/** Flows that expire soon after each other end together: so much later than they should, at most. */
const shortestWait = seconds(1)

/** The flows of a service port: each ends when it has been idle for too long, or earlier to make room. */
export class Flows implements Holder {
  readonly #options: FlowsOptions
  readonly #order = new UsageOrder<Flow>()
  #idleTimeout: Milliseconds
  #alarm: Alarm | undefined

  constructor(options: FlowsOptions) {
    this.#options = options
    this.#idleTimeout = options.idleTimeout
  }

  get size(): number {
    return this.#order.size
  }

  /** Opens a flow, or gives undefined when there is no room for one. */
  open({ client, endpoint, failed, refused }: FlowRequest): Flow | undefined {
    const { room, clock } = this.#options
    const number = room.enter(this)
    if (number === undefined) return undefined
    const socket = socketTowards(endpoint)
    if (!socket) {
      room.leave(this)
      return undefined
    }
    const unanswered = new Unanswered(room.unanswered, failed)
    const common = { number, client, endpoint, unanswered, began: clock.now(), used: this.#used, refused }
    const flow = Flow.open({ ...common, socket })
    this.#enter(flow, failed.length + 1)
    return flow
  }

  /** Goes on with a flow of a process before this one, unless there is no room for it. */
  adopt({ parked, ...request }: AdoptedFlow): Flow | undefined {
    const { room, clock } = this.#options
    if (!knownAsConnected(parked.socket)) {
      parked.close()
      return this.open({ ...request, failed: [] })
    }
    const number = room.enter(this)
    if (number === undefined) {
      parked.close()
      return undefined
    }
    const common = { ...request, number, unanswered: undefined, began: clock.now(), used: this.#used }
    const flow = Flow.adopt({ ...common, socket: parked.socket })
    this.#enter(flow, 1)
    // Not before: what waits there uses the flow at once, and only those in the order can be used.
    flow.goOn(parked)
    return flow
  }

  #enter(flow: Flow, attempt: number): void {
    const { servicePort, ownFlows, report } = this.#options
    const { number, client, endpoint } = flow
    flow.onceClosed(ownFlows.add(flow.local, client.returns))
    this.#order.add(flow)
    this.#wait()
    report({
      type: 'flow-began',
      flow: number,
      servicePort,
      client: client.address,
      clientPort: client.port,
      endpoint,
      attempt,
    })
  }

  end(flow: Flow, how: FlowEnded['how']): void {
    const { servicePort, room, clock, report } = this.#options
    const { number, client, endpoint, sent, received, began } = flow
    this.#order.delete(flow)
    flow.close()
    room.leave(this)
    if (this.size === 0) this.#rest()
    report({
      type: 'flow-ended',
      flow: number,
      servicePort,
      client: client.address,
      clientPort: client.port,
      endpoint,
      sent,
      received,
      duration: milliseconds(clock.now() - began),
      how,
    })
  }

  makeRoom(): void {
    if (this.#order.oldest) this.end(this.#order.oldest, 'made room')
  }

  /** Ends those whose endpoint is none of `endpoints`. */
  keepTo(endpoints: readonly Endpoint[]): void {
    const stay = new Set(endpoints.map(endpointText))
    for (const flow of this.#order)
      if (!stay.has(endpointText(flow.endpoint))) this.end(flow, 'endpoint gone')
  }

  /** How long flows may be idle from now on, those that are open too. */
  expireAfter(idleTimeout: Milliseconds): void {
    if (idleTimeout === this.#idleTimeout) return
    this.#idleTimeout = idleTimeout
    this.#expire()
  }

  readonly #used = (flow: Flow): void => {
    flow.lastUsed = this.#options.clock.now()
    this.#order.use(flow)
  }

  #expire(): void {
    this.#rest()
    const { clock } = this.#options
    for (const flow of this.#order) {
      if (clock.now() - flow.lastUsed < this.#idleTimeout) break
      this.end(flow, 'idle')
    }
    this.#wait()
  }

  /** One alarm for all, when the one that has been idle for longest is due. */
  #wait(): void {
    const { clock } = this.#options
    const { oldest } = this.#order
    if (!oldest || this.#alarm) return
    const due = oldest.lastUsed + this.#idleTimeout - clock.now()
    this.#alarm = clock.after(milliseconds(Math.max(due, shortestWait)), () => this.#expire())
  }

  #rest(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
  }
}

/** Undefined when the system has no descriptor or local port left. */
const socketTowards = ({ address }: Endpoint): Socket | undefined => {
  try {
    return boundSocket({ address: anyAddressLike(address) })
  } catch {
    return undefined
  }
}
