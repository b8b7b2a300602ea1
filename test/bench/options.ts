import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { errorText } from '../../lib/model/error-text.js'
import { Failure } from '../../lib/model/failure.js'
import { loadNames, loadOf } from './loads/loads.js'

export interface BenchOptions {
  /** Where the JSON goes. */
  readonly out: string
  readonly help: boolean
  /** How often each load is given to each proxy, after a first time that does not count. */
  readonly rounds: number
  /** How long each time. */
  readonly seconds: number
  readonly idleConnections: number
  /** Absent: all. */
  readonly load?: string
}

export const help = `npm run bench -- [--quick] [--load NAME] [--out FILE]

Measures kube-portal beside HAProxy, nginx stream and plain Node in network namespaces of its own.
  --quick       half a minute instead of four and a half; good for a look, not for a claim
  --load NAME   one load only: ${loadNames.join(', ')}
  --out FILE    where the figures go as JSON; default: in the system's folder for temporary files
`

const usage = (cause: unknown): Failure =>
  new Failure('usage', errorText(cause), { cure: 'npm run bench -- --help', cause })

/** Reads the command line. Throws a `Failure` when it makes no sense. */
export const benchOptions = (args: readonly string[]): BenchOptions => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ quick: { type: 'boolean' }, help: { type: 'boolean' } },
        ...{ load: { type: 'string' }, out: { type: 'string' } },
      },
    })
    const { load, quick = false, out = join(tmpdir(), 'kube-portal-bench.json'), help = false } = values
    if (load !== undefined && !loadOf(load))
      throw new RangeError(`there is no load ${JSON.stringify(load)}, only ${loadNames.join(', ')}`)
    const length = quick
      ? { rounds: 1, seconds: 1, idleConnections: 1000 }
      : { rounds: 5, seconds: 2, idleConnections: 4000 }
    return { ...length, out: resolve(out), help, ...(load !== undefined && { load }) }
  } catch (error) {
    throw usage(error)
  }
}
