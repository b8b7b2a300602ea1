// npm run scale [-- --services N]: see README.md.
import { parseArgs } from 'node:util'
import { exitCode } from '../../lib/cli/exit-code.js'
import { errorText } from '../../lib/model/error-text.js'
import { runInside } from './stage/inside.js'

const help = `npm run scale -- [--services N] [--backend nft|legacy]

What kube-portal costs with 10 Services and with N of them (default 10000, three endpoints each), in network namespaces of its
own: its first sync, one change, its memory, how long a client waits meanwhile, and for the first packet of a connection.
`

interface Choice {
  readonly services: number
  readonly backend: string
}

/** Undefined when help is wanted. Throws RangeError or TypeError on what makes no sense. */
const choiceOf = (args: readonly string[]): Choice | undefined => {
  const options = {
    services: { type: 'string' },
    backend: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  const { services = '10000', backend = 'nft', help } = parseArgs({ args: [...args], options }).values
  if (help) return undefined
  if (!/^[1-9]\d{1,4}$/.test(services) || Number(services) > 16_000)
    throw new RangeError(`--services is a number from 10 to 16000, not ${services}`)
  if (backend !== 'nft' && backend !== 'legacy')
    throw new RangeError(`--backend is nft or legacy, not ${backend}`)
  return { services: Number(services), backend }
}

const read = (): Choice | undefined => {
  try {
    return choiceOf(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`scale: ${errorText(error)}\n  what to do: npm run scale -- --help\n`)
    process.exit(exitCode.usage)
  }
}

const choice = read()
if (choice) {
  const args = [String(choice.services), choice.backend]
  process.exitCode = await runInside(new URL('scale-inside.js', import.meta.url), args)
} else process.stdout.write(help)
