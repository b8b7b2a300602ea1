import { networkInterfaces } from 'node:os'
import { type IpAddress, ipAddress } from '../model/ip-address.js'

/** What the system says of its interfaces, as Node's `os.networkInterfaces` returns it. */
export type ReadInterfaces = () => Readonly<
  Record<string, readonly { readonly address: string }[] | undefined>
>

const addressOf = (written: string): IpAddress | undefined => {
  try {
    return ipAddress(written)
  } catch {
    // With a zone: nobody outside of its link can mean it.
    return undefined
  }
}

/** The addresses of this machine's interfaces that are up, loopback among them: sorted, each once. */
export const localAddresses = (read: ReadInterfaces = networkInterfaces): readonly IpAddress[] => {
  const found = Object.values(read()).flatMap(each => each ?? [])
  return [...new Set(found.flatMap(({ address }) => addressOf(address) ?? []))].sort()
}
