import type { Host } from '../host.js'
import { errorCode } from '../../model/error-text.js'
import { type IpAddress, ipAddress } from '../../model/ip-address.js'
import { seconds } from '../../model/milliseconds.js'

/** One end of a socket. What is undefined may be any: `*`. */
export interface SocketEnd {
  readonly address: IpAddress | undefined
  readonly port: number | undefined
}

/** A socket of the machine. */
export interface DarwinSocket {
  readonly local: SocketEnd
  readonly remote: SocketEnd
  /** `LISTEN`, `ESTABLISHED`; empty for UDP. */
  readonly state: string
}

const line = /^(?:tcp|udp)(?:4|6|46) +\d+ +\d+ +(\S+) +(\S+) *([A-Z][A-Z_\d]*)?/gm

/** Reads `10.96.0.10.80`, `::1.80` and `*.80`; undefined where it makes no sense without its interface: `fe80::1%lo0.80`. */
const endIn = (text: string): SocketEnd | undefined => {
  const dot = text.lastIndexOf('.')
  const [host, digits] = [text.slice(0, dot), text.slice(dot + 1)]
  const port = digits === '*' ? undefined : Number(digits)
  if (host === '*') return { address: undefined, port }
  try {
    return { address: ipAddress(host), port }
  } catch {
    return undefined
  }
}

/** Reads what `netstat -anl` prints. Sockets at link-local addresses are left out. */
export const socketsIn = (printed: string): readonly DarwinSocket[] =>
  Array.from(printed.matchAll(line)).flatMap(([, here = '', there = '', state = '']) => {
    const [local, remote] = [endIn(here), endIn(there)]
    return local && remote ? [{ local, remote, state }] : []
  })

/** All sockets of the machine, whoever has them; undefined where that cannot be told. */
export const darwinSockets = async (
  host: Host,
  protocol: 'TCP' | 'UDP',
): Promise<readonly DarwinSocket[] | undefined> => {
  try {
    // -l, which on Linux is something else: IPv6 addresses are not cut off after 22 characters.
    const args = ['-anl', '-p', protocol.toLowerCase()]
    const { code, stdout } = await host.run('netstat', args, { timeout: seconds(10) })
    return code === 0 ? socketsIn(stdout) : undefined
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return undefined
  }
}

/** Whether there is, or may be by now, somebody at the other end. */
export const isConnected = ({ state }: DarwinSocket): boolean =>
  !['LISTEN', 'TIME_WAIT', 'CLOSED', ''].includes(state)
