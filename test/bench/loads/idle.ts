import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { memoryBytes } from '../measure/process.js'
import type { Peer } from '../peers/peer.js'
import { inPod } from '../stage/network.js'
import { startReady } from '../stage/program.js'
import { ports } from '../stage/services.js'

const client = join(import.meta.dirname, '../ends/idle-client.js')

/**
 * How many bytes of memory `peer` takes for each of `count` connections that had one request answered and are idle now.
 * Only the first time tells: memory that a process had before costs nothing later.
 */
export const idleBytes = async ({ address, program }: Peer, count: number): Promise<number> => {
  const before = await memoryBytes(program.pid)
  const command = [process.execPath, client, address, String(ports.web), String(count)]
  const idle = await startReady(inPod('client', command))
  // For what a proxy puts off until it has nothing else to do.
  await pause(1000)
  const after = await memoryBytes(program.pid)
  await idle.stop()
  return (after - before) / count
}
