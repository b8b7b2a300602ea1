import { spanText } from '../../../model/span-text.js'

/** How long ago `timestamp` was. */
export const age = (timestamp: string | undefined, now: Date): string =>
  timestamp === undefined ? '<unknown>' : spanText((now.getTime() - Date.parse(timestamp)) / 1000)
