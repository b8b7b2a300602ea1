import { join } from 'node:path'
import { inPod } from './network.js'
import { type Program, start, startReady } from './program.js'
import { ports } from './services.js'

const end = (name: string, ...args: readonly number[]): readonly string[] =>
  inPod('server', [process.execPath, join(import.meta.dirname, '../ends', name), ...args.map(String)])

/** Starts what answers requests and datagrams, in the server pod. */
export const startServers = (): Promise<Program> => startReady(end('server.js', ports.web, ports.echo))

/** Starts what takes bulk there. */
export const startIperf = async (): Promise<void> => {
  const { child } = await start(inPod('server', ['iperf3', '-s', '-p', String(ports.bulk)]))
  child.stdout?.resume()
}

/** Starts what takes bulk there and sends it back. */
export const startEcho = (): Promise<Program> => startReady(end('soak-echo.js', ports.bulk))
