import { errorStack, errorText } from '../../model/error-text.js'
import type { ChosenOptions } from '../options.js'
import { state } from '../state.js'
import { stderrLog } from '../stderr-log.js'

/** Says that an error of ours ends the process, and does nothing later. */
export type SayCrash = (error: unknown) => void

/**
 * A way to say it in the log's form, and to count it for the next start; what was counted before is said now.
 */
export const countedCrash = async (options: ChosenOptions): Promise<SayCrash> => {
  const log = stderrLog(options)
  const { crashes } = await state(options)
  const before = await crashes.load(log.event)
  if (before) log.event({ type: 'crashed-before', ...before })
  return error => {
    log.event({ type: 'crashed', error: errorStack(error) })
    const at = new Date().toISOString()
    const since = before?.since ?? at
    try {
      crashes.writeNow({ times: (before?.times ?? 0) + 1, since, at, error: errorText(error) })
    } catch (cause) {
      log.event({ type: 'state-not-saved', path: crashes.path, reason: errorText(cause) })
    }
  }
}
