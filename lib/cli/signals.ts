/** Asks to stop: with Ctrl-C, from a supervisor, by closing the terminal. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface StopRequests {
  /** Aborted by the first request. */
  readonly first: AbortSignal
  /** Aborted by the second: whoever asks twice does not want to wait. */
  readonly second: AbortSignal
  /** Leaves signals to others again. */
  close(): void
}

/** Listens for requests to stop, so that the process does not end by itself. */
export const stopRequests = (): StopRequests => {
  const first = new AbortController()
  const second = new AbortController()
  const stop = (): void => {
    if (first.signal.aborted) second.abort()
    else first.abort()
  }
  for (const signal of stopSignals) process.on(signal, stop)
  return {
    first: first.signal,
    second: second.signal,
    close: () => {
      for (const signal of stopSignals) process.off(signal, stop)
    },
  }
}
