import type { Server } from 'node:net'
import type { Estate } from '../dataplane/estate.js'
import type { ListenHttp } from '../observe/bounded-server.js'
import type { Inheritance } from './inheritance.js'

/** What has HTTP servers listen: with what the process before this one listens with, where it does. */
export const httpListener =
  (estate: Estate, inheritance: Inheritance | undefined): ListenHttp =>
  async (server: Server, { port, address }) => {
    const name = `HTTP ${address ?? '*'} ${port}`
    const inherited = await inheritance?.predecessor.server(name)
    server.listen(inherited ?? { port, ...(address !== undefined && { host: address }) })
    estate.addServer(name, server)
  }
