import type { Holding } from './held.js'
import type { Tally } from './tally.js'

/** Something that has to be true after hours as after minutes. */
export interface Promised {
  readonly what: string
  readonly promised: string
  readonly seen: string
  readonly kept: boolean
}

export interface Course {
  /** After a first load, which has brought the process to its size. */
  readonly before: Holding
  /** At the end of the load. */
  readonly busy: Holding
  readonly after: Holding
  readonly tally: Tally
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

// The watches of the API server come and go, each with a timer or two.
const slack = 3

const atMost = (what: string, [before, after]: readonly [number, number], more: number): Promised => ({
  what,
  promised: more === 0 ? `${before}, as before` : `at most ${before + more}`,
  seen: String(after),
  kept: after <= before + more,
})

const flat = (what: string, [before, after]: readonly [number, number], growth: number): Promised => ({
  what,
  promised: `at most ${megabytes(before + growth)} (${megabytes(before)} before)`,
  seen: megabytes(after),
  kept: after <= before + growth,
})

const none = (what: string, count: number): Promised => ({
  what,
  promised: '0',
  seen: String(count),
  kept: count === 0,
})

const some = (what: string, count: number): Promised => ({
  what,
  promised: 'some',
  seen: String(count),
  kept: count > 0,
})

const seldom = (what: string, count: number, limit: number): Promised => ({
  what,
  promised: `at most ${limit}`,
  seen: String(count),
  kept: count <= limit,
})

/** What was promised of a soak, and what was seen. */
export const promises = ({ before, busy, after, tally }: Course): readonly Promised[] => [
  atMost('open descriptors', [before.descriptors, after.descriptors], slack),
  atMost('TCP sockets', [before.tcpSockets, after.tcpSockets], slack),
  atMost('UDP sockets, all flows being over', [before.udpSockets, after.udpSockets], 0),
  some('UDP flows under load', busy.udpSockets - after.udpSockets),
  atMost('timers', [before.timers, after.timers], slack),
  flat('memory in use by JavaScript', [before.heap, after.heap], 2e6),
  flat('memory of the process', [before.memory, after.memory], 20e6),
  none('answers with other bytes', tally.wrong),
  none('exchanges that failed', tally.failed),
  ...Object.entries(tally.done).map(([kind, count]) => some(`exchanges: ${kind}`, count)),
  seldom('datagrams sent again', tally.repeated, Math.ceil(tally.asked / 20)),
]

/** The promises as a table. */
export const promisesText = (all: readonly Promised[]): string => {
  const rows = all.map(({ what, promised, seen, kept }) => [what, promised, seen, kept ? 'kept' : 'BROKEN'])
  const lines = [['', 'promised', 'seen', ''], ...rows]
  const width = (column: number): number => Math.max(...lines.map(line => line[column]?.length ?? 0))
  return lines
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(width(column)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
