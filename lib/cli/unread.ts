/** In milliseconds. A reader that is at work has read by then. */
const patience = 1000

/**
 * Ends the process when nothing but its log keeps it: what waits in a pipe that nobody reads would do that for ever. What was
 * asked for, on standard output, waits for its reader.
 */
export const endUnread = (): void => {
  setTimeout(() => {
    if (process.stdout.writableLength > 0) endUnread()
    else process.exit()
  }, patience).unref()
}
