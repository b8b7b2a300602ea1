import { bulk } from './iperf.js'
import type { Load } from './load.js'
import type { ToolName } from '../stage/tools.js'
import { roundTrips } from './round-trips.js'
import { connections, requests } from './wrk.js'

const loads: ReadonlyMap<string, Load> = new Map([
  ['requests', requests],
  ['connections', connections],
  ['bulk-1', bulk(1)],
  ['bulk-8', bulk(8)],
  ['round-trips', roundTrips],
])

/** What the loads are called on a command line. */
export const loadNames = [...loads.keys()]

export const loadOf = (name: string): Load | undefined => loads.get(name)

/** All that can be done with the programs that are there; of these, `only` one when it is named. */
export const loadsWith = (tools: ReadonlySet<ToolName>, only?: string): readonly Load[] =>
  [...loads]
    .filter(([name, { needs }]) => (only ?? name) === name && (needs === undefined || tools.has(needs)))
    .map(([, load]) => load)
