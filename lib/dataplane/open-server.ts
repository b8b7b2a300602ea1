import type { Server } from 'node:net'
import type { IpAddress } from '../model/ip-address.js'
import type { Port } from '../model/port.js'

export interface ServerPlace {
  readonly address: IpAddress
  /** Absent: one that is free. */
  readonly port?: Port | undefined
  /** What a process before us listens with, there; it is shared until both have closed it. */
  readonly inherited?: Server | undefined
}

/** Node's own is 511. */
const backlog = 4096

/** Has `server` listen. Rejects with the system's error where it cannot; one that comes later has no listener. */
export const openServer = (server: Server, { address, port, inherited }: ServerPlace): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    const begun = (): void => {
      server.off('error', reject)
      resolve()
    }
    if (inherited) server.listen(inherited, backlog, begun)
    else server.listen({ host: address, port: port ?? 0, backlog, ipv6Only: true }, begun)
  })
