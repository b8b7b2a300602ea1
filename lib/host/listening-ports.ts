import type { Port } from '../model/port.js'
import { darwinSockets } from './darwin/sockets.js'
import type { Host } from './host.js'

const line = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm

/** In what states sockets wait for whoever comes. */
const states = { TCP: ['0A'], UDP: ['07'] } as const

const darwinListeningPorts = async (
  host: Host,
  protocol: keyof typeof states,
): Promise<ReadonlySet<number> | undefined> => {
  const sockets = await darwinSockets(host, protocol)
  const state = protocol === 'TCP' ? 'LISTEN' : ''
  const waiting = sockets?.filter(each => each.state === state && each.remote.port === undefined)
  return waiting && new Set(waiting.flatMap(({ local }) => local.port ?? []))
}

/** The ports of this machine that somebody listens on; undefined where the system does not tell. */
export const listeningPorts = async (
  host: Host,
  protocol: keyof typeof states,
): Promise<ReadonlySet<number> | undefined> => {
  if (host.platform === 'darwin') return darwinListeningPorts(host, protocol)
  const name = protocol.toLowerCase()
  const tables = await Promise.all([name, `${name}6`].map(each => host.readFile(`/proc/self/net/${each}`)))
  if (tables.every(table => table === undefined)) return undefined
  const wanted: readonly string[] = states[protocol]
  return new Set(
    tables.flatMap(table =>
      Array.from((table ?? '').matchAll(line))
        .filter(([, , state = '']) => wanted.includes(state))
        .map(([, port = '']) => Number.parseInt(port, 16)),
    ),
  )
}

/** Whether a TCP socket of this machine listens at the port, at any address. False where the system does not tell. */
export const isTaken = async (host: Host, port: Port): Promise<boolean> =>
  (await listeningPorts(host, 'TCP'))?.has(port) ?? false
