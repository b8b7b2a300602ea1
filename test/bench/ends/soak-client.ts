// soak-client.js HOST WEB-PORT BULK-PORT ECHO-PORT UDP-TIMEOUT: clients of all kinds at once, until SIGTERM. Prints a `Tally` as
// JSON.
import { setTimeout as pause } from 'node:timers/promises'
import { errorText } from '../../../lib/model/error-text.js'
import { connections } from './soak/connections.js'
import { datagrams } from './soak/datagrams.js'
import type { Exchange, Kind, Place } from './soak/kind.js'

const [host = '', ...numbers] = process.argv.slice(2)
const [web = 0, bulk = 0, echo = 0, udpTimeout = 0] = numbers.map(Number)
const at = (port: number): Place => ({ host, port })

const done: Record<string, number> = {}
const reasons: string[] = []
const datagramsSent = { asked: 0, repeated: 0 }
let [wrong, failed, stopping] = [0, 0, false]

const keep = async (name: string, exchange: Exchange): Promise<void> => {
  while (!stopping) {
    try {
      if (await exchange()) done[name] = (done[name] ?? 0) + 1
      else wrong += 1
    } catch (error) {
      failed += 1
      if (reasons.length < 5) reasons.push(`${name}: ${errorText(error)}`)
    }
    // The machine has other things to do, and a soak is about time, not speed.
    await pause(5)
  }
}

const keepAll = ({ name, clients, client }: Kind): readonly Promise<void>[] => {
  done[name] = 0
  return Array.from({ length: clients }, () => keep(name, client()))
}

process.on('SIGTERM', () => (stopping = true))
process.stdout.write('ready\n')
const kinds = [...connections(at(web), at(bulk)), ...datagrams(at(echo), udpTimeout, datagramsSent)]
await Promise.all(kinds.flatMap(keepAll))
process.stdout.write(JSON.stringify({ done, wrong, failed, ...datagramsSent, reasons }) + '\n')
