/** A moment as the API writes it, in whole seconds: `2026-11-22T07:05:46Z`. */
export const timestamp = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, 'Z')
