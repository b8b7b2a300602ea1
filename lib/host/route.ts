import { errorCode } from '../model/error-text.js'
import { familyOf, type IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import { darwinRouteTo } from './darwin/route.js'
import type { Host } from './host.js'

/** How packets of this machine get to an address. */
export type Route =
  /** As `ip route get` says it. */
  | { readonly kind: 'route'; readonly text: string }
  /** It is this machine's own. */
  | { readonly kind: 'local'; readonly text: string }
  | { readonly kind: 'none'; readonly reason: string }
  /** It cannot be told. */
  | { readonly kind: 'unknown'; readonly reason: string }

/** Asks the kernel for the way to `address`. Never rejects for what may be missing here. */
export const routeTo = async (host: Host, address: IpAddress): Promise<Route> => {
  const family = familyOf(address) === 'IPv4' ? '-4' : '-6'
  const program = host.platform === 'darwin' ? 'route' : 'ip'
  try {
    if (host.platform === 'darwin') return await darwinRouteTo(host, address)
    const { code, stdout, stderr } = await host.run('ip', ['-o', family, 'route', 'get', address], {
      timeout: seconds(5),
    })
    const said = stderr.trim().replace(/^RTNETLINK answers: /, '')
    if (code !== 0) return { kind: 'none', reason: said === '' ? `ip ended with code ${code}` : said }
    const text = stdout
      .replaceAll('\\', ' ')
      .replace(/ (uid \d+|cache)\b.*/s, '')
      .trim()
    return { kind: text.startsWith('local ') ? 'local' : 'route', text: text.replaceAll(/\s+/g, ' ') }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return { kind: 'unknown', reason: `there is no program ${program} here` }
  }
}
