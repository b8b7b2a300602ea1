import { Socket } from 'node:dgram'
import { Server } from 'node:net'
import type { KnownPin } from '../balancer/sticky.js'
import type { InheritedDoor, InheritedFlow } from '../dataplane/udp/inherited-door.js'
import { ParkedSocket } from '../dataplane/udp/parked-socket.js'
import type { Channel } from '../host/channel.js'
import type { Port } from '../model/port.js'
import type { ServicePortId } from '../model/service-port.js'
import { isMessage, type Note, type Reply, type Request } from './messages.js'

interface Answer {
  readonly reply: Reply
  readonly socket: unknown
}

/** The process before this one, at the other end of a channel. When it has ended by itself, it has nothing. */
export class Predecessor {
  readonly #channel: Channel
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>()
  readonly #pins = new Map<ServicePortId, readonly KnownPin[]>()
  /** Of doors that are still to come. */
  readonly #flows = new Map<string, InheritedFlow[]>()
  readonly #doors = new Map<string, ParkedSocket>()
  /** What was read at doors that are still to come. */
  readonly #early = new Map<string, (() => void)[]>()
  #asked = 0
  #gone = false
  /** It accepts nobody any more: what it had to leave was asked for. */
  #relieved = false
  #ended: Promise<void> | undefined

  constructor(channel: Channel) {
    this.#channel = channel
    channel.receive((message, socket) => {
      if (!isMessage(message)) return
      if ('reply' in message) this.#answered({ reply: message, socket })
      else if ('note' in message) this.#noted(message, socket)
    })
    void channel.ended.then(() => {
      this.#gone = true
      for (const resolve of this.#waiting.values()) resolve(undefined)
    })
  }

  /** See `Predecessor` of the proxy. */
  async rest(): Promise<ReadonlyMap<ServicePortId, Port> | undefined> {
    return (await this.#ask({ type: 'rest' }))?.reply.localPorts
  }

  /** See `Predecessor` of the proxy. */
  async relieve(): Promise<void> {
    await this.#ask({ type: 'relieve' })
    this.#relieved = true
    // Of what was not asked for, nothing came; of doors that could not be opened, their flows did.
    for (const flows of this.#flows.values()) for (const { parked } of flows) parked.close()
    this.#flows.clear()
    this.#pins.clear()
  }

  /** The server of that name, to be listened with at once: clients may be waiting already. */
  async server(name: string): Promise<Server | undefined> {
    if (this.#relieved) return undefined
    const socket = (await this.#ask({ type: 'server', name }))?.socket
    return socket instanceof Server ? socket : undefined
  }

  /** The door of that name, and its flows. */
  async door(name: string): Promise<InheritedDoor | undefined> {
    if (this.#relieved) return undefined
    const socket = (await this.#ask({ type: 'door', name }))?.socket
    const flows = this.#flows.get(name) ?? []
    this.#flows.delete(name)
    if (!(socket instanceof Socket)) return undefined
    const parked = new ParkedSocket(socket)
    this.#doors.set(name, parked)
    for (const receive of this.#early.get(name) ?? []) receive()
    this.#early.delete(name)
    return { parked, flows }
  }

  /** Where clients of a service port with affinity were pinned to, when it came to rest. */
  pins(servicePort: ServicePortId): readonly KnownPin[] | undefined {
    return this.#pins.get(servicePort)
  }

  /** Resolves when connections that began in processes before this one have all ended. */
  get ended(): Promise<void> {
    this.#ended ??= this.#ask({ type: 'ended' }).then(() => undefined)
    return this.#ended
  }

  /** Ends those connections at once. */
  reset(): void {
    void this.#ask({ type: 'reset' })
  }

  async #ask(question: Request): Promise<Answer | undefined> {
    if (this.#gone) return undefined
    this.#asked += 1
    const request = this.#asked
    const answer = new Promise<Answer | undefined>(resolve => this.#waiting.set(request, resolve))
    await this.#channel.send({ ...question, request })
    return answer
  }

  #receive({ door, datagram, from }: Note & { readonly note: 'datagram' }): void {
    const receive = (): void => this.#doors.get(door)?.receive(Buffer.from(datagram), from)
    if (this.#doors.has(door)) receive()
    else this.#early.set(door, [...(this.#early.get(door) ?? []), receive])
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.reply.reply)?.(answer)
    this.#waiting.delete(answer.reply.reply)
  }

  #noted(note: Note, socket: unknown): void {
    switch (note.note) {
      case 'pins':
        this.#pins.set(note.servicePort, note.pins)
        return
      case 'flow': {
        if (!(socket instanceof Socket)) return
        const flows = this.#flows.get(note.door) ?? []
        const { door, client, endpoint } = note
        flows.push({ client, endpoint, parked: new ParkedSocket(socket) })
        this.#flows.set(door, flows)
        return
      }
      case 'datagram':
        this.#receive(note)
        return
    }
  }
}
