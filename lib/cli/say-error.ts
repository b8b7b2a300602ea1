import { journalLine } from '../observe/journal-line.js'
import { logReader } from './log-reader.js'

/** Says why the program ends, where there is no log: to load one would take as long as all else before that. */
export const sayError = (text: string): void => {
  process.stderr.write(`${logReader === 'journal' ? journalLine('error', text) : text}\n`)
}
