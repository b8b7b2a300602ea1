import { familyOf, type IpAddress } from '../../model/ip-address.js'
import { seconds } from '../../model/milliseconds.js'
import type { Host } from '../host.js'

/** What it says of the way to an address. */
export type DarwinRoute =
  | { readonly kind: 'route' | 'local'; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string }

const fieldIn = (printed: string, name: string): string | undefined =>
  new RegExp(`^ *${name}: (.+)$`, 'm').exec(printed)?.[1]

/** Reads what `route -n get` prints, which ends with code 0 even where there is no route. */
export const routeIn = (stdout: string, stderr: string): DarwinRoute => {
  const [interfaceName, flags = ''] = [fieldIn(stdout, 'interface'), fieldIn(stdout, 'flags')]
  if (interfaceName === undefined) {
    const reason = stderr.trim().replace(/^route: (?:writing to routing socket: )?/, '')
    return { kind: 'none', reason: reason === '' ? 'route says nothing of it' : reason }
  }
  const gateway = fieldIn(stdout, 'gateway')
  const destination = fieldIn(stdout, 'destination') ?? 'unknown'
  const text = `${destination}${gateway === undefined ? '' : ` via ${gateway}`} dev ${interfaceName}`
  if (/[<,]REJECT[,>]/.test(flags)) return { kind: 'none', reason: `${text} refuses what is sent there` }
  return /[<,]LOCAL[,>]/.test(flags) ? { kind: 'local', text: `local ${text}` } : { kind: 'route', text }
}

/** Asks the kernel for the way to `address`. */
export const darwinRouteTo = async (host: Host, address: IpAddress): Promise<DarwinRoute> => {
  const family = familyOf(address) === 'IPv4' ? '-inet' : '-inet6'
  const { stdout, stderr } = await host.run('route', ['-n', 'get', family, address], { timeout: seconds(5) })
  return routeIn(stdout, stderr)
}
