import { isJournal } from '../host/journal.js'
import type { LogOptions } from '../observe/log.js'

/** Who reads our standard error. */
export const logReader: Exclude<LogOptions['reader'], undefined> = isJournal(2, process.env.JOURNAL_STREAM)
  ? 'journal'
  : 'people'
