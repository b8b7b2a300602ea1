import { setTimeout as after } from 'node:timers/promises'
import { type TraceLine, traceLineIn } from '../control/trace-line.js'
import { Failure } from '../model/failure.js'
import { asked } from './asked.js'
import { exitCode } from './exit-code.js'
import type { TraceOptions } from './options/trace.js'
import { wholeStatus } from './status.js'
import { checkNames, chosenBy } from './status/chosen.js'
import { stepText } from './trace/step-text.js'

/** After a takeover the new process answers within a moment. */
const afterTakeover = { pause: 100, times: 20 }

const say = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** What is asked for: these Services, in every namespace where one is called so; without names, those of the namespace, or all. */
const question = async (names: readonly string[], options: TraceOptions): Promise<string> => {
  const { namespace } = options
  const { services } = await wholeStatus(options)
  checkNames(names, services, options)
  const asking = new URLSearchParams()
  if (names.length === 0 && namespace !== undefined) asking.set('namespace', namespace)
  const isWanted = chosenBy(names, options)
  for (const each of names.length > 0 ? services.filter(isWanted) : [])
    asking.append('service', `${each.namespace}/${each.name}`)
  return `/trace?${asking.toString()}`
}

/** Prints lines until there are no more. Resolves with why. */
const follow = async (
  lines: AsyncIterable<unknown>,
): Promise<Extract<TraceLine, { readonly kind: 'ended' }>['how'] | undefined> => {
  for await (const value of lines) {
    const line = traceLineIn(value)
    switch (line.kind) {
      case 'begun':
        say('waiting for connections; Ctrl-C ends this')
        break
      case 'step':
        process.stdout.write(stepText(line))
        break
      case 'left-out':
        say(`(${line.count} steps left out: they came faster than they were read)`)
        break
      case 'ended':
        return line.how
    }
  }
  return undefined
}

/** The same as `asked`, where an instance has just been succeeded by another one. */
async function* askedAnew(
  what: string,
  options: TraceOptions,
  signal: AbortSignal,
): AsyncGenerator<unknown, void> {
  for (let time = 1; ; time += 1)
    try {
      yield* asked(what, options, signal)
      return
    } catch (error) {
      const wait = error instanceof Failure && error.code !== 'missing' && time < afterTakeover.times
      if (!wait) throw error
      await after(afterTakeover.pause)
    }
}

/** `kube-portal trace`: prints what happens to connections until it is interrupted. Resolves with the exit code. */
export const trace = async (names: readonly string[], options: TraceOptions): Promise<number> => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const what = await question(names, options)
  let how = await follow(asked(what, options, stop.signal))
  while (how === 'handed over') {
    say('a new process has taken over; connections from before are not followed any longer')
    how = await follow(askedAnew(what, options, stop.signal))
  }
  if (stop.signal.aborted) return exitCode.well
  say(how === 'stopped' ? 'kube-portal has stopped' : 'kube-portal has ended')
  return exitCode['not-running']
}
