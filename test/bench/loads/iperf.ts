import { inPod } from '../stage/network.js'
import { output } from '../stage/program.js'
import { ports } from '../stage/services.js'
import type { Load } from './load.js'

// What the server got; the name is iperf3's, once for each stream before that and so found last.
const receivedBytes = (json: string): number => {
  const found = /"sum_received":\s*\{[^}]*?"bytes":\s*(\d+)/.exec(json)?.[1]
  if (found === undefined || found === '0') throw new Error('no byte came through')
  return Number(found)
}

/** Bytes from client to server as fast as they go, over so many connections at once. A unit is a GB (10⁹ bytes). */
export const bulk = (streams: number): Load => ({
  name: streams === 1 ? 'bulk, 1 stream' : `bulk, ${streams} streams`,
  unit: { cpu: 's', of: 'GB' },
  kind: 'bulk',
  needs: 'iperf3',
  run: async ({ address }, seconds) => {
    const args = ['-c', address, '-p', String(ports.bulk), '-t', String(seconds), '-P', String(streams), '-J']
    const json = await output(inPod('client', ['iperf3', ...args]), seconds * 1000 + 5000)
    return { units: receivedBytes(json) / 1e9 }
  },
})
