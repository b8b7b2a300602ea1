import type { Port } from '../model/port.js'
import type { Host } from './host.js'

/** The local port of each socket that listens (0A), as /proc/net/tcp has them. */
const listening = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A/gm

/** Whether a TCP socket of this machine listens at the port, at any address. False where the system does not tell. */
export const isTaken = async (host: Host, port: Port): Promise<boolean> => {
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => host.readFile(`/proc/self/net/${name}`)))
  return tables.some(table =>
    Array.from((table ?? '').matchAll(listening)).some(([, hex = '']) => Number.parseInt(hex, 16) === port),
  )
}
