import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Picker } from '../../../lib/balancer/picker.js'
import { RoundRobin } from '../../../lib/balancer/round-robin.js'
import type { Listener } from '../../../lib/dataplane/listener.js'
import { OwnFlows } from '../../../lib/dataplane/udp/own-flows.js'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import { listenUdp, type ListenUdpOptions } from '../../../lib/dataplane/udp/listen-udp.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { FakeClock } from '../../fake-clock.js'

export const loopback = ipAddress('127.0.0.1')

/** Something that runs until the test is over. */
export interface Scene {
  teardown(end: () => unknown): void
}

/** A socket of a test's, and what it hears, in order. */
export class Peer {
  readonly #socket: Socket
  readonly #heard: { readonly text: string; readonly bytes: Buffer; readonly from: RemoteInfo }[] = []
  readonly #waiting: (() => void)[] = []
  #closed = false

  /** Where it is, or was. */
  readonly endpoint: Endpoint

  private constructor(socket: Socket) {
    this.#socket = socket
    const { address, port: number } = socket.address()
    this.endpoint = { address: ipAddress(address), port: port(number) }
    socket.on('error', () => undefined)
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      this.#heard.push({ text: String(bytes), bytes, from })
      this.#waiting.shift()?.()
    })
  }

  /** Without a port: on any that is free. */
  static async bound(scene: Scene, { address = loopback, port }: Partial<Endpoint> = {}): Promise<Peer> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 21 })
    socket.bind(port, address)
    await once(socket, 'listening')
    const peer = new Peer(socket)
    scene.teardown(() => peer.close())
    return peer
  }

  /** Connected: it hears nobody else from now on. */
  async connect({ address, port }: Endpoint): Promise<this> {
    this.#socket.connect(port, address)
    await once(this.#socket, 'connect')
    return this
  }

  send(datagram: Buffer | string): void {
    this.#socket.send(datagram)
  }

  sendTo({ address, port }: Pick<RemoteInfo, 'address' | 'port'>, datagram: Buffer | string): void {
    this.#socket.send(datagram, port, address)
  }

  /** The next that it hears, or has heard. */
  async next(): Promise<{ readonly text: string; readonly bytes: Buffer; readonly from: RemoteInfo }> {
    if (this.#heard.length === 0) await new Promise<void>(resolve => this.#waiting.push(resolve))
    const first = this.#heard.shift()
    if (!first) throw new Error('two wait at once')
    return first
  }

  async ask(datagram: Buffer | string): Promise<string> {
    this.send(datagram)
    return (await this.next()).text
  }

  /** Calls `hear` with each datagram, instead of keeping it. */
  each(hear: (bytes: Buffer, from: RemoteInfo) => void): void {
    this.#socket.removeAllListeners('message').on('message', hear)
  }

  close(): void {
    if (!this.#closed) this.#socket.close()
    this.#closed = true
  }
}

/** An endpoint that sends back what it gets. */
export const echo = async (scene: Scene): Promise<Peer> => {
  const peer = await Peer.bound(scene)
  peer.each((bytes, from) => peer.sendTo(from, bytes))
  return peer
}

/** An endpoint that answers with its name and what it was asked. */
export const named = async (scene: Scene, name: string): Promise<Peer> => {
  const peer = await Peer.bound(scene)
  peer.each((bytes, from) => peer.sendTo(from, `${name} ${String(bytes)}`))
  return peer
}

/** Where nobody listens, so that the kernel refuses. */
export const nobody = async (scene: Scene): Promise<Endpoint> => {
  const peer = await Peer.bound(scene)
  const { endpoint } = peer
  peer.close()
  return endpoint
}

export interface UdpProxyOptions extends Partial<ListenUdpOptions> {
  readonly endpoints: readonly Endpoint[]
}

/** One UDP service port on loopback, and what it reports. Its time stands still. */
export class UdpProxy {
  readonly events: ProxyEvent[] = []
  readonly room: FlowRoom
  readonly picker: Picker
  readonly #watchers = new Set<() => void>()
  #listener: Listener | undefined

  private constructor({ room = new FlowRoom(), picker = new RoundRobin(() => 0) }: UdpProxyOptions) {
    this.room = room
    this.picker = picker
  }

  static async start(scene: Scene, options: UdpProxyOptions): Promise<UdpProxy> {
    const proxy = new UdpProxy(options)
    const { endpoints, ...rest } = options
    proxy.picker.replace(endpoints)
    proxy.#listener = await listenUdp({
      servicePort: servicePortId({ namespace: 'shop', service: 'dns', port: '', protocol: 'UDP' }),
      addresses: () => [loopback],
      isOurs: () => false,
      clock: new FakeClock(),
      ownFlows: new OwnFlows(),
      ...rest,
      picker: proxy.picker,
      room: proxy.room,
      report: event => proxy.#note(event),
    })
    scene.teardown(() => proxy.listener.close())
    return proxy
  }

  get listener(): Listener {
    if (!this.#listener) throw new Error('not started')
    return this.#listener
  }

  get endpoint(): Endpoint {
    return { address: loopback, port: this.listener.port }
  }

  /** A client, connected to the listener. */
  async client(scene: Scene): Promise<Peer> {
    return (await Peer.bound(scene)).connect(this.endpoint)
  }

  /** Other endpoints, as `ServedPorts` says it. */
  serveWith(endpoints: readonly Endpoint[], terms: Parameters<Listener['update']>[0]['terms'] = {}): void {
    this.picker.replace(endpoints)
    this.listener.update({ portals: [], endpoints, terms })
  }

  all<Type extends ProxyEvent['type']>(type: Type): readonly Extract<ProxyEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<ProxyEvent, { type: Type }> => event.type === type)
  }

  /** How flows have ended so far. */
  get ends(): readonly string[] {
    return this.all('flow-ended').map(({ how }) => how)
  }

  /** The event of this type that is number `count`, now or to come. */
  event<Type extends ProxyEvent['type']>(
    type: Type,
    count = 1,
  ): Promise<Extract<ProxyEvent, { type: Type }>> {
    return new Promise(resolve => {
      const look = (): void => {
        const found = this.all(type)[count - 1]
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
