import { exitCode } from '../../../lib/cli/exit-code.js'
import { errorText } from '../../../lib/model/error-text.js'
import { Failure } from '../../../lib/model/failure.js'

/** Says why `program` ends, and what to do about it where that is known. Returns its exit code. */
export const whyEnded = (program: string, error: unknown): number => {
  process.stderr.write(`${program}: ${errorText(error)}\n`)
  if (!(error instanceof Failure)) return exitCode.failed
  process.stderr.write(`  what to do: ${error.cure}\n`)
  return exitCode[error.code]
}
