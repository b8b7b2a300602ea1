import { startForeground } from '../host/foreground.js'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import { Errand } from './exec/errand.js'
import { Requests } from './exec/requests.js'
import { exitCode } from './exit-code.js'
import type { RunOptions } from './options.js'
import { type Start, start } from './start.js'

const whyNot = (program: string, error: unknown): Failure => {
  const isMissing = errorCode(error) === 'ENOENT'
  const why = isMissing ? 'there is no such program' : errorText(error)
  return new Failure('usage', `cannot run ${program}: ${why}`, {
    cure: 'give the command as you would without kube-portal, after --',
  })
}

const runCommand = async (command: readonly string[], errand: Errand, stops: Requests): Promise<number> => {
  const [namespace = 'default'] = errand.options?.namespace ?? []
  const env = { ...process.env, ...errand.variables(namespace) }
  const foreground = await startForeground(command, env).catch((error: unknown) => {
    throw whyNot(command[0] ?? '', error)
  })
  // From a terminal it has heard that itself.
  stops.heard = signal => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) foreground.pass(signal)
  }
  const code = await foreground.ended
  stops.heard = undefined
  return code
}

/**
 * `kube-portal exec`: runs `command` once the Services can be used, and stops when it has ended. Resolves with its exit code; rejects
 * with a Failure when the Services cannot be served, or there is no such command.
 */
export const exec = async (
  command: readonly string[],
  options: RunOptions,
  started: Start,
): Promise<number> => {
  const errand = new Errand()
  const stops = new Requests()
  // Whoever ends us does not start us again.
  const onCrash = options.onCrash === 'auto' ? 'undo' : options.onCrash
  const running = start({ ...options, onCrash }, { ...started, front: errand, signals: stops })
  try {
    const early = await Promise.race([running, errand.ready])
    if (early !== undefined) return early === exitCode.well ? exitCode.failed : early
    return await runCommand(command, errand, stops)
  } finally {
    stops.stop()
    await running
  }
}
