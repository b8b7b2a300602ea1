// npm run soak [-- --minutes N]: see README.md.
import { parseArgs } from 'node:util'
import { exitCode } from '../../lib/cli/exit-code.js'
import { errorText } from '../../lib/model/error-text.js'
import { runInside } from './stage/inside.js'

const help = `npm run soak -- [--minutes N]

A mixed load on one kube-portal for N minutes (default 10; fractions are fine), in network namespaces of its own. Ends with 1
when the process then holds more than at the beginning, or when a client got anything but what it should.
`

/** Undefined when help is wanted. Throws RangeError or TypeError on what makes no sense. */
const minutesOf = (args: readonly string[]): number | undefined => {
  const options = { minutes: { type: 'string' }, help: { type: 'boolean' } } as const
  const { minutes = '10', help } = parseArgs({ args: [...args], options }).values
  if (help) return undefined
  if (!(Number(minutes) > 0 && Number(minutes) <= 10_000))
    throw new RangeError(`--minutes is a number above 0, not ${minutes}`)
  return Number(minutes)
}

const read = (): number | undefined => {
  try {
    return minutesOf(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`soak: ${errorText(error)}\n  what to do: npm run soak -- --help\n`)
    process.exit(exitCode.usage)
  }
}

const minutes = read()
if (minutes === undefined) process.stdout.write(help)
else process.exitCode = await runInside(new URL('soak-inside.js', import.meta.url), [String(minutes)])
