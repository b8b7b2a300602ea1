/** How often a run of this machine ended by an error of its own, as far back as we remember. Times are ISO 8601. */
export interface Crashes {
  /** At least 1. */
  readonly times: number
  /** When the first one was. */
  readonly since: string
  /** When the last one was. */
  readonly at: string
  /** What the last one was, in one line. */
  readonly error: string
}

/** What an error of ours does to us. */
export type CrashEvent =
  | {
      /** It ends the process, now. */
      readonly type: 'crashed'
      /** With its stack: in lines. */
      readonly error: string
    }
  | ({ readonly type: 'crashed-before' } & Crashes)
