import type { Port } from '../../model/port.js'
import { seconds } from '../../model/milliseconds.js'
import type { Host } from '../host.js'

/** Reads what `lsof -F pc` prints, a line for each field: `p4711`, `cnginx`. */
const processIn = (printed: string): string | undefined => {
  const [, pid] = /^p(\d+)$/m.exec(printed) ?? []
  const [, command] = /^c(.+)$/m.exec(printed) ?? []
  return pid === undefined || command === undefined ? undefined : `${command} (process ${pid})`
}

/** Who listens at the port: `nginx (process 4711)`. Undefined where that is not told, as it is only to root of others' processes. */
export const listenerAt = async (host: Host, port: Port): Promise<string | undefined> => {
  try {
    const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
    return processIn((await host.run('lsof', args, { timeout: seconds(10) })).stdout)
  } catch {
    return undefined
  }
}
