import { once } from 'node:events'
import { connect } from 'node:net'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { askFrom } from '../../lib/sandbox/pods/ask.js'
import { Client } from '../services/client.js'

/**
 * A client whose questions are HTTP: so the pod ends the connection when it has answered. A port-forward would keep the end of a client
 * back that says with it that it has asked.
 */
export class WebClient extends Client {
  override async tcp(to: Endpoint, question = 'hostname'): Promise<string> {
    const said = await super.tcp(to, `GET /${question} HTTP/1.0\r\n\r\n`)
    return said.split('\r\n').at(-1) ?? ''
  }
}

/** A program on the laptop. */
export const laptopClient = new WebClient({
  connect: async ({ address, port }, done) => {
    const socket = connect({ host: address, port, allowHalfOpen: true })
    done?.addEventListener('abort', () => socket.destroy(), { once: true })
    await once(socket, 'connect', done && { signal: done })
    return socket
  },
  ask: question => askFrom(ipAddress('0.0.0.0'), question),
})
