import type { Host } from './host.js'

const line = /^Max open files\s+(\d+)/m

/** How many files and sockets this process may have open; Infinity where the system does not tell. */
export const openFileLimit = async (host: Host): Promise<number> => {
  const [, limit] = line.exec((await host.readFile('/proc/self/limits')) ?? '') ?? []
  return limit === undefined ? Infinity : Number(limit)
}
