import type { Connections } from '../dataplane/connections.js'
import type { NextProcess } from '../host/channel.js'
import type { Hearing } from '../host/lifeline.js'
import type { Report } from '../model/event.js'
import { exitCode } from './exit-code.js'
import type { Signals } from './signals.js'

export interface HandedOver {
  /** Of this process, and of those before it. */
  readonly connections: Pick<Connections, 'count' | 'ended' | 'reset'>
  readonly successor: Pick<NextProcess, 'hearing' | 'ended' | 'leave'>
  readonly signals: Signals
  readonly report: Report
}

/**
 * What is left to do for a process whose successor serves: its connections go on until they end. The first one, which a supervisor
 * knows, stays for as long as one serves, and passes on what it is told. Resolves with the exit code.
 */
export const afterHandOver = async (parts: HandedOver): Promise<number> => {
  const { connections, successor, signals, report } = parts
  report({ type: 'handed-over', connections: connections.count })
  if (successor.hearing) return whileServed(successor.hearing, parts)
  // The one that serves waits for us when it stops, and tells us when it has waited for long enough. Unless there is none.
  let alone = false
  void successor.ended.then(() => (alone = true))
  signals.passTo(() => alone && connections.reset())
  await connections.ended
  successor.leave()
  return exitCode.well
}

const whileServed = async (hearing: Hearing, { connections, signals }: HandedOver): Promise<number> => {
  signals.passTo(hearing.pass)
  const code = await hearing.ended
  connections.reset()
  await connections.ended
  return code ?? exitCode.internal
}
