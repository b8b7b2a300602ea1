import { realClock } from '../../lib/cli/real-clock.js'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Picker } from '../../lib/balancer/picker.js'
import { RoundRobin } from '../../lib/balancer/round-robin.js'
import { Budget } from '../../lib/stream/budget.js'
import { Connections } from '../../lib/dataplane/connections.js'
import type { Listener } from '../../lib/dataplane/listener.js'
import { listenTcp } from '../../lib/dataplane/listen-tcp.js'
import type { Clock } from '../../lib/model/clock.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, type Milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { port, type Port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import type { Portal } from '../../lib/model/portal.js'
import type { Terms } from '../../lib/model/terms.js'
import { DirectReach } from '../../lib/reach/direct.js'
import type { Reach } from '../../lib/reach/reach.js'
import { OwnSockets } from '../../lib/dataplane/own-sockets.js'
import type { Probes } from '../../lib/dataplane/probes.js'
import { hasOtherSocket } from '../../lib/host/other-sockets.js'
import { machine } from '../../lib/host/machine.js'
import { Rounds } from '../../lib/dataplane/rounds.js'
import { FakeClock } from '../fake-clock.js'

const loopback = ipAddress('127.0.0.1')

/** Something that runs until the test is over. */
interface Scene {
  teardown(end: () => unknown): void
}

const addressOf = (server: Server): Endpoint => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return { address: loopback, port: port(address.port) }
}

/** An endpoint on loopback that does `serve` with each connection. Half-open is allowed. */
export const endpointThat = async (scene: Scene, serve: (socket: Socket) => void): Promise<Endpoint> => {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  server.listen(0, loopback)
  await once(server, 'listening')
  scene.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return addressOf(server)
}

/** An endpoint that sends back what it gets, and ends when the client does. */
export const echo = (scene: Scene): Promise<Endpoint> => endpointThat(scene, socket => socket.pipe(socket))

/** Where nobody listens. */
export const nobody = async (): Promise<Endpoint> => {
  const server = createServer().listen(0, loopback)
  await once(server, 'listening')
  const address = addressOf(server)
  server.close()
  await once(server, 'close')
  return address
}

/** Waits for `done` while time passes. */
const passing = async (clock: FakeClock, done: Promise<void>): Promise<void> => {
  const turn = (): Promise<'turn'> => new Promise(resolve => setImmediate(resolve, 'turn'))
  while ((await Promise.race([done, turn()])) === 'turn') clock.advance(milliseconds(50))
}

export interface ProxyOptions {
  readonly endpoints: readonly Endpoint[]
  readonly port?: Port
  readonly reach?: Reach
  readonly picker?: Picker
  readonly clock?: Clock
  readonly budget?: Budget
  readonly connections?: Connections
  readonly ownSockets?: OwnSockets
  readonly probes?: Probes
  readonly terms?: Terms
  readonly portals?: readonly Portal[]
  readonly isOurs?: (endpoint: Endpoint) => boolean
  readonly halfOpenTimeout?: Milliseconds
}

/** One service port on loopback, and what it reports. */
export class Proxy {
  readonly events: ProxyEvent[] = []
  readonly connections: Connections
  readonly budget: Budget
  readonly picker: Picker
  readonly #watchers = new Set<() => void>()
  #listener: Listener | undefined

  private constructor({
    budget = new Budget(1 << 26),
    connections = new Connections(),
    picker = new RoundRobin(() => 0),
  }: ProxyOptions) {
    this.budget = budget
    this.picker = picker
    this.connections = connections
  }

  static async start(scene: Scene, options: ProxyOptions): Promise<Proxy> {
    const proxy = new Proxy(options)
    const {
      endpoints,
      clock = realClock,
      reach = new DirectReach({ clock }),
      terms = {},
      portals = [],
      ...rest
    } = options
    const { picker } = proxy
    picker.replace(endpoints)
    proxy.#listener = await listenTcp({
      ...rest,
      servicePort: servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' }),
      host: loopback,
      picker,
      reach,
      clock,
      connections: proxy.connections,
      budget: proxy.budget,
      rounds: new Rounds(clock),
      ownSockets: options.ownSockets ?? new OwnSockets((local, peer) => hasOtherSocket(machine, local, peer)),
      isOurs: options.isOurs ?? (() => false),
      terms: { idleTimeout: seconds(0), onEndpointGone: { kind: 'keep' } },
      report: event => proxy.#note(event),
    })
    proxy.listener.update({ portals, endpoints, terms })
    scene.teardown(() => {
      proxy.connections.reset()
      return clock instanceof FakeClock ? passing(clock, proxy.close()) : proxy.close()
    })
    return proxy
  }

  get listener(): Listener {
    if (!this.#listener) throw new Error('not started')
    return this.#listener
  }

  close(): Promise<void> {
    return this.listener.close()
  }

  /** A client of it; half-open is allowed, errors are for whoever listens. */
  async client(): Promise<Socket> {
    const socket = this.connecting()
    await once(socket, 'connect')
    return socket
  }

  connecting(): Socket {
    const socket = connect({ host: loopback, port: this.listener.port, allowHalfOpen: true })
    socket.on('error', () => undefined)
    return socket
  }

  /** The first event of this type, now or to come. */
  event<Type extends ProxyEvent['type']>(type: Type): Promise<Extract<ProxyEvent, { type: Type }>> {
    const isIt = (event: ProxyEvent): event is Extract<ProxyEvent, { type: Type }> => event.type === type
    return new Promise(resolve => {
      const look = (): void => {
        const found = this.events.find(isIt)
        if (!found) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      look()
    })
  }

  #note(event: ProxyEvent): void {
    this.events.push(event)
    for (const look of this.#watchers) look()
  }
}

/** How connections have ended so far, each way once. */
export const howAll = ({ events }: Proxy): ReadonlySet<string> =>
  new Set(events.flatMap(event => (event.type === 'disconnected' ? [event.how] : [])))

/** All that a socket receives, to its end. Rejects when it is reset. */
export const received = async (socket: Socket): Promise<Buffer> => {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

/**
 * The code of the error that a socket ends with, or 'ended'. A write of nothing tells a reset behind bytes from an end: Node
 * does not, see `HandleStream`.
 */
export const fateOf = (socket: Socket): Promise<string> =>
  new Promise(resolve => {
    socket.once('error', error => resolve('code' in error ? String(error.code) : error.message))
    socket.once('end', () => {
      if (socket.writable) socket.write(Buffer.alloc(0))
      setImmediate(resolve, 'ended')
    })
    socket.resume()
  })

/** `size` bytes that differ from place to place, and from `seed` to seed. */
export const bytes = (size: number, seed = 1): Buffer => {
  const buffer = Buffer.allocUnsafe(size)
  let state = seed
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    buffer[index] = state >>> 24
  }
  return buffer
}
