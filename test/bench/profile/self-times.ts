import type { Profiler } from 'node:inspector'

/** Where a process spent its time, callees not included. */
export interface SelfTime {
  /** `flow lib/dataplane/flow.js:21`; what has no file is V8's or Node's own native code. */
  readonly where: string
  readonly seconds: number
}

const place = ({ functionName, url, lineNumber }: Profiler.ProfileNode['callFrame']): string => {
  const file = url.replace(/^file:.*\/dist\//, '')
  const name = functionName === '' ? '(anonymous)' : functionName
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`
}

/** What a profile says, the most expensive first; what waits for work is left out. */
export const selfTimes = ({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): readonly SelfTime[] => {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]))
  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const where = places.get(id) ?? '(unknown)'
    times.set(where, (times.get(where) ?? 0) + (timeDeltas[index] ?? 0) / 1e6)
  })
  times.delete('(idle)')
  return [...times].map(([where, seconds]) => ({ where, seconds })).sort((a, b) => b.seconds - a.seconds)
}
