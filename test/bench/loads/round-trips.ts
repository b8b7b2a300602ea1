import { join } from 'node:path'
import { inPod } from '../stage/network.js'
import { output } from '../stage/program.js'
import { ports } from '../stage/services.js'
import type { Done, Load } from './load.js'

const client = join(import.meta.dirname, '../ends/udp-client.js')

const isResult = (value: unknown): value is Readonly<Record<'units' | 'lost' | 'p50' | 'p99', number>> =>
  typeof value === 'object' && value !== null && 'units' in value && 'p99' in value

const read = (json: string): Done => {
  const result: unknown = JSON.parse(json)
  if (!isResult(result) || result.units === 0) throw new Error('no datagram came back')
  const { units, p50, p99 } = result
  return { units, latency: { p50, p99 } }
}

/** Datagrams of 64 bytes to an echo and back, 16 clients with one under way each. */
export const roundTrips: Load = {
  name: 'UDP round trips, 16 clients',
  unit: { cpu: 'µs', of: 'round trip' },
  kind: 'echo',
  run: async ({ address }, seconds) => {
    const command = [process.execPath, client, address, String(ports.echo), String(seconds * 1000)]
    return read(await output(inPod('client', command), seconds * 1000 + 5000))
  },
}
