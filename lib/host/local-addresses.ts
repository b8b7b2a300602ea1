import { networkInterfaces } from 'node:os'
import { type IpAddress, ipAddress } from '../model/ip-address.js'

/** What the system says of its interfaces, as Node's `os.networkInterfaces` returns it. */
export type ReadInterfaces = () => Readonly<
  Record<string, readonly { readonly address: string; readonly scopeid?: number }[] | undefined>
>

/** The addresses of this machine's interfaces that are up, loopback among them, link-local ones not: sorted, each once. */
export const localAddresses = (read: ReadInterfaces = networkInterfaces): readonly IpAddress[] => {
  const found = Object.values(read()).flatMap(each => each ?? [])
  // With a scope: it means nothing without its interface, and no socket can be bound to it alone.
  const global = found.filter(({ scopeid = 0 }) => scopeid === 0)
  return [...new Set(global.map(({ address }) => ipAddress(address)))].sort()
}
