import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The way to the API server, on which everything can happen that happens to a network. */
export class Road {
  readonly port: number
  readonly #to: number
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #frozen = false

  /** From `port` of 127.0.0.1 to port `to`; nobody listens until `open`. */
  constructor(port: number, to: number) {
    this.port = port
    this.#to = to
  }

  async open(): Promise<void> {
    if (this.#server) return
    this.#server = createServer(client => {
      this.#join(client)
    }).listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** From now on connections are refused; those there are end, without a word. */
  async close(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    this.cut()
    await closed
  }

  /** Resets all connections. New ones are welcome. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Like SIGSTOP at the other end: connections are open and can be opened, but nobody says anything. */
  freeze(): void {
    this.#frozen = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** As a suspended machine finds it: connections are open at its end, and at the other one forgotten. New ones are welcome. */
  forget(): void {
    for (const socket of this.#sockets) socket.pause().removeAllListeners('data')
  }

  thaw(): void {
    this.#frozen = false
    for (const socket of this.#sockets) socket.resume()
  }

  #join(client: Socket): void {
    const server = connect(this.#to, '127.0.0.1')
    this.#pass(client, server)
    this.#pass(server, client)
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('data', (chunk: Buffer) => {
      if (to.write(chunk) || this.#frozen) return
      from.pause()
      to.once('drain', () => {
        if (!this.#frozen) from.resume()
      })
    })
    from.on('error', () => undefined)
    from.once('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#frozen) from.pause()
  }
}
