import { fstatSync } from 'node:fs'

/** Whether a descriptor is the stream that systemd says, in `JOURNAL_STREAM` (systemd.exec(5)), leads to its journal. */
export const isJournal = (descriptor: number, journalStream: string | undefined): boolean => {
  if (journalStream === undefined || journalStream === '') return false
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true })
    return journalStream === `${dev}:${ino}`
  } catch {
    return false
  }
}
