// npm run bench [-- --quick] [--out FILE]: see README.md.
import { exitCode } from '../../lib/cli/exit-code.js'
import { Failure } from '../../lib/model/failure.js'
import { benchOptions, help } from './options.js'
import { runInside } from './stage/inside.js'

try {
  const args = process.argv.slice(2)
  if (benchOptions(args).help) process.stdout.write(help)
  else process.exitCode = await runInside(new URL('bench-inside.js', import.meta.url), args)
} catch (error) {
  if (!(error instanceof Failure)) throw error
  process.stderr.write(`bench: ${error.message}\n  what to do: ${error.cure}\n`)
  process.exitCode = exitCode[error.code]
}
