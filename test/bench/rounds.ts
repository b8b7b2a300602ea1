import { setTimeout as pause } from 'node:timers/promises'
import { errorText } from '../../lib/model/error-text.js'
import type { Load } from './loads/load.js'
import { cpuSeconds } from './measure/process.js'
import type { Peer } from './peers/peer.js'
import type { Sample } from './result.js'

export interface Rounds {
  readonly peers: readonly Peer[]
  readonly loads: readonly Load[]
  readonly rounds: number
  readonly seconds: number
  /** A moment of `performance.now()`: no round begins after it. */
  readonly deadline: number
  readonly note: (text: string) => void
}

const factor = { µs: 1e6, s: 1 } as const

const measure = async (load: Load, peer: Peer, seconds: number): Promise<Omit<Sample, 'round'>> => {
  const before = await cpuSeconds(peer.program.pid)
  const began = performance.now()
  const { units, latency } = await load.run(peer, seconds)
  const took = (performance.now() - began) / 1000
  // What is left to be closed belongs to the load that opened it.
  await pause(100)
  const cpu = (await cpuSeconds(peer.program.pid)) - before
  const perUnit = (cpu / units) * factor[load.unit.cpu]
  const { p50, p99 } = latency ?? { p50: undefined, p99: undefined }
  return { load: load.name, peer: peer.name, cpu: perUnit, rate: units / took, p50, p99 }
}

/**
 * Gives all loads to all peers in turn (A B C D, A B C D), so that what disturbs the machine disturbs all of them alike.
 * The first round is shorter and does not count. A load that fails is noted and the rest goes on.
 */
export const runRounds = async (options: Rounds): Promise<readonly Sample[]> => {
  const { peers, loads, rounds, seconds, deadline, note } = options
  const samples: Sample[] = []
  for (let round = rounds === 1 ? 1 : 0; round <= rounds && performance.now() < deadline; round++)
    for (const load of loads)
      for (const peer of peers.filter(({ carries }) => carries.includes(load.kind)))
        try {
          const sample = await measure(load, peer, round === 0 ? 1 : seconds)
          if (round > 0) samples.push({ ...sample, round })
        } catch (error) {
          note(`${peer.name}, ${load.name}, round ${round}: ${errorText(error)}`)
        }
  return samples
}
