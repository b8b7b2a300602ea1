/** What went wrong, in one line. */
export const errorText = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().replaceAll(/\s*\n\s*/g, '; ')

/** The same with its stack, in lines. */
export const errorStack = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : errorText(error)

/** The `code` of an error of the system or of ours (`ECONNREFUSED`), or undefined. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
