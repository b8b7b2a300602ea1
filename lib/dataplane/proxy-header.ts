import { addressBytes } from '../model/address-bytes.js'
import type { Endpoint } from '../model/endpoint.js'
import { familyOf } from '../model/ip-address.js'
import type { ProxyProtocol } from '../model/terms.js'

/** Who connected to what. */
export interface Route {
  readonly client: Endpoint
  /** The portal that it meant; absent where that is not known. */
  readonly portal: Endpoint | undefined
}

/**
 * The bytes that tell an endpoint for whom a connection is, before anything else: HAProxy's PROXY protocol
 * (doc/proxy-protocol.txt, 2.1 and 2.2). Where there is nothing to tell they say so: UNKNOWN in version 1, LOCAL in version 2.
 */
export const proxyHeader = (version: ProxyProtocol, route: Route): Uint8Array => {
  const { client, portal } = route
  const known =
    portal && familyOf(portal.address) === familyOf(client.address) ? { client, portal } : undefined
  switch (version) {
    case 'v1':
      return Buffer.from(known ? textHeader(known) : 'PROXY UNKNOWN\r\n')
    case 'v2':
      return known ? binaryHeader(known) : Buffer.concat([signature, Buffer.from([local, 0, 0, 0])])
  }
}

interface KnownRoute {
  readonly client: Endpoint
  readonly portal: Endpoint
}

const textHeader = ({ client, portal }: KnownRoute): string => {
  const family = familyOf(client.address) === 'IPv4' ? 'TCP4' : 'TCP6'
  return `PROXY ${family} ${client.address} ${portal.address} ${client.port} ${portal.port}\r\n`
}

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')

/** The version, 2, and the command. */
const local = 0x20
const proxied = 0x21

/** The address family, and that it is a stream. */
const stream = { IPv4: 0x11, IPv6: 0x21 }

const binaryHeader = ({ client, portal }: KnownRoute): Buffer => {
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(client.port, 0)
  ports.writeUInt16BE(portal.port, 2)
  const addresses = Buffer.concat([addressBytes(client.address), addressBytes(portal.address), ports])
  const head = [proxied, stream[familyOf(client.address)], addresses.length >> 8, addresses.length & 0xff]
  return Buffer.concat([signature, Buffer.from(head), addresses])
}
