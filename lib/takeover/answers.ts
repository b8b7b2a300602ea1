import type { KnownPin } from '../balancer/sticky.js'
import type { Connections } from '../dataplane/connections.js'
import type { Estate } from '../dataplane/estate.js'
import type { Sendable } from '../host/channel.js'
import type { Port } from '../model/port.js'
import type { ServicePortId } from '../model/service-port.js'
import type { Message, Request } from './messages.js'

/** What a process has and does that can be succeeded. */
export interface Succeeded {
  readonly estate: Estate
  /** Of this process, and of those before it. */
  readonly connections: Pick<Connections, 'ended' | 'reset'>
  readonly localPorts: () => ReadonlyMap<ServicePortId, Port>
  readonly pins: () => ReadonlyMap<ServicePortId, readonly KnownPin[]>
  /** Changes nothing any more. Resolves when nothing is under way. */
  readonly rest: () => Promise<void>
  /** There is no successor after all. */
  readonly goOn: () => void
  /** Accepts nobody any more. Resolves when it is so; connections go on. */
  readonly handOver: () => Promise<void>
}

export type Send = (message: Message, socket?: Sendable) => Promise<void>

/** Does what a successor asks. */
export class Answers {
  readonly #succeeded: Succeeded
  readonly #send: Send
  #resting = false

  constructor(succeeded: Succeeded, send: Send) {
    this.#succeeded = succeeded
    this.#send = send
  }

  async answer(question: Request, reply: number): Promise<void> {
    const { estate, rest, handOver, localPorts, pins, connections } = this.#succeeded
    switch (question.type) {
      case 'rest':
        this.#resting = true
        await rest()
        for (const [servicePort, known] of pins())
          if (known.length > 0) await this.#send({ note: 'pins', servicePort, pins: known })
        await this.#send({ reply, localPorts: localPorts() })
        return
      case 'server':
        await this.#send({ reply }, estate.server(question.name))
        return
      case 'door':
        await this.#giveDoor(question.name, reply)
        return
      case 'relieve':
        await handOver()
        await this.#send({ reply })
        return
      case 'ended':
        await connections.ended
        await this.#send({ reply })
        return
      case 'reset':
        connections.reset()
        await this.#send({ reply })
    }
  }

  /** There is no successor after all: what comes at doors is ours again. */
  takeBack(): void {
    for (const door of this.#succeeded.estate.doors) door.takeBack()
  }

  /** The same, and goes on as before. */
  abandon(): void {
    this.takeBack()
    if (this.#resting) this.#succeeded.goOn()
    this.#resting = false
  }

  async #giveDoor(name: string, reply: number): Promise<void> {
    const door = this.#succeeded.estate.door(name)
    await door?.handOver({
      flow: (client, { endpoint, socket }) =>
        this.#send({ note: 'flow', door: name, client, endpoint }, socket),
      datagram: (datagram, from) => void this.#send({ note: 'datagram', door: name, from, datagram }),
    })
    await this.#send({ reply }, door?.socket)
  }
}
