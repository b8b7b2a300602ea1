/**
 * What kind of failure it is, for whoever has to decide on one; each has its exit code in `cli`.
 * `missing` and `conflict` are about this machine: a program, a right, a range of ports.
 */
export type FailureCode =
  | 'failed'
  | 'usage'
  | 'not-running'
  | 'api-unreachable'
  | 'api-refused'
  | 'missing'
  | 'conflict'
  | 'another-instance'

/** A failure that the user can do something about: the message says what is wrong, `cure` what to do next. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly cure: string

  constructor(code: FailureCode, message: string, { cure, cause }: { cure: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Failure'
    this.code = code
    this.cure = cure
  }
}

/** What can be done about an error, where it is known. */
export const cureOf = (error: unknown): Partial<Pick<Failure, 'cure'>> =>
  error instanceof Failure ? { cure: error.cure } : {}
