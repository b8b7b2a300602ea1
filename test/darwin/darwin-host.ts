import type { Host, Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { ifconfig, noRoute, refusals, routes, tcpSockets, udpSockets } from './recorded.js'

/** A Mac as its programs tell of it. What is changed on it shows when it is asked again. */
export interface DarwinHost {
  readonly host: Host
  /** What lo0 was given beside its own: `10.96.0.10`. */
  readonly lo0: Set<string>
  readonly files: Map<string, string>
  /** The commands that changed something, or tried to. */
  readonly changes: string[]
  /** What programs print, by command line, instead of what they do by default. */
  readonly says: Map<string, Partial<Output>>
}

const printing = (output: Partial<Output>): Output => ({ code: 0, stdout: '', stderr: '', ...output })

const usual: Readonly<Record<string, Partial<Output>>> = {
  'netstat -anl -p tcp': { stdout: tcpSockets },
  'netstat -anl -p udp': { stdout: udpSockets },
  'route -n get default': { stdout: routes.gateway },
  'route -n get -inet 192.0.43.10': { stdout: routes.gateway },
  'route -n get -inet6 2001:db8::1': { stderr: noRoute },
  'sysctl -n kern.maxfilesperproc': { stdout: '245760\n' },
  'id -u': { stdout: '0\n' },
}

/** The text of `ifconfig -a` with more addresses on lo0. */
const withAliases = (lo0: ReadonlySet<string>): string => {
  const lines = [...lo0].map(address =>
    address.includes(':') ? `\tinet6 ${address} prefixlen 128\n` : `\tinet ${address} netmask 0xffffffff\n`,
  )
  return ifconfig.replace('\tinet6 ::1', `${lines.join('')}\tinet6 ::1`)
}

export const darwinHost = (): DarwinHost => {
  const lo0 = new Set<string>()
  const files = new Map<string, string>()
  const changes: string[] = []
  const says = new Map<string, Partial<Output>>(Object.entries(usual))
  const run = async (program: string, args: readonly string[]): Promise<Output> => {
    const line = [program, ...args].join(' ')
    // As long as it takes: others have a turn.
    await new Promise(resolve => setImmediate(resolve))
    if (line === 'ifconfig -a') return printing({ stdout: withAliases(lo0) })
    const [, sign, address = ''] = /^ifconfig lo0 (?:inet6 )?(-?)alias ([^/]+)/.exec(line) ?? []
    if (sign !== undefined) changes.push(line)
    const said = says.get(line)
    if (said) return printing(said)
    if (sign === undefined) throw Object.assign(new Error(`spawn ${program} ENOENT`), { code: 'ENOENT' })
    if (sign === '') lo0.add(address)
    else if (!lo0.delete(address)) return printing({ code: 1, stderr: refusals.gone })
    return printing({})
  }
  const host: Host = {
    ...machine,
    ...{ platform: 'darwin', run },
    readFile: path => Promise.resolve(files.get(path)),
    writeFile: (path, text) => Promise.resolve(void files.set(path, Array.from(text).join(''))),
    removeFile: path => Promise.resolve(void files.delete(path)),
  }
  return { host, lo0, files, changes, says }
}
