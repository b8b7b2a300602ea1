import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { LoggingOptions } from '../options/logging.js'

/** What a guardian hears when nothing is left to undo. */
export const farewell = 'nothing is left\n'

export interface GuardianOptions extends Pick<LoggingOptions, 'loggingFormat'> {
  /** The process that it stands by. */
  readonly of: string
  /** From the root, as it lives there. */
  readonly stateDir?: string
}

/** The arguments that `guard` takes for them. */
export const guardianArgs = ({ of, loggingFormat, stateDir }: GuardianOptions): readonly string[] => [
  ...['--of', of, '--logging-format', loggingFormat],
  ...(stateDir === undefined ? [] : ['--state-dir', stateDir]),
]

const optionsIn = (args: readonly string[]): GuardianOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      of: { type: 'string', default: '' },
      'logging-format': { type: 'string' },
      'state-dir': { type: 'string' },
    },
  })
  const { of, 'logging-format': format, 'state-dir': stateDir } = values
  return {
    of,
    loggingFormat: format === 'json' ? 'json' : 'text',
    ...(stateDir !== undefined && { stateDir }),
  }
}

const lastWord = async (): Promise<string> => {
  try {
    return await text(process.stdin)
  } catch {
    return ''
  }
}

/**
 * The guardian of a run, a process of its own that waits for its standard input to end: the run has the other end, and loses it
 * even to `kill -9`. Without a farewell it then undoes what the run left. Until then it is small: what undoes is loaded only for
 * that.
 */
export const guard = async (args: readonly string[]): Promise<void> => {
  const options = optionsIn(args)
  // They ask the run to stop, and it may need us until it has.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  if ((await lastWord()) === farewell) return
  const { undo } = await import('./undo.js')
  await undo(options)
}
