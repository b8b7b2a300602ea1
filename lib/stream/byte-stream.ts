/**
 * One end of a connection, as thin as it can be. Both directions are open at first and each ends by itself. Nothing is
 * queued in it: whoever writes waits, and so whoever reads is held back.
 */
export interface ByteStream {
  /** Tells `receiver` from now on, and not whom it told before. Reads, unless reading was stopped before. */
  readTo(receiver: Receiver): void
  /** Reads no more, as when `Receiver.read` returns false. */
  pause(): void
  /** Goes on reading. */
  resume(): void
  /**
   * Sends `bytes`. True: the kernel has them. False: it takes them by and by, and then `Receiver.drained` is called;
   * until then they stay as they are and nothing else is written.
   */
  write(bytes: Uint8Array): boolean
  /** How many bytes of the last `write` the kernel has not taken yet. */
  readonly unsent: number
  /** Sends our end, after what was written. */
  end(): void
  /** Ends both directions at once; the peer sees a reset. */
  reset(): void
}

/** Who is told what happens to a stream. */
export interface Receiver {
  /**
   * `bytes` have come. False: no more until `resume`. They are on loan: for the time of the call or, when it returns false,
   * until `resume`.
   */
  read(bytes: Uint8Array): boolean
  /** The peer has sent its end. */
  ended(): void
  /** What was written is gone: more may be written. */
  drained(): void
  /**
   * It is over; nothing is called any more. `failure` is the code of the error that ended it (`ECONNRESET`); absent when both
   * directions had ended, or by `reset`.
   */
  closed(failure?: string): void
}
