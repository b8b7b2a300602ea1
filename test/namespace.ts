import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { machine } from '../lib/host/machine.js'
import { seconds } from '../lib/model/milliseconds.js'
import { namespaceCommand, settle, whyNoNamespace } from '../lib/sandbox/network/namespace.js'

const inside = 'KUBE_PORTAL_TEST_INSIDE'

/** Skips what cannot be tried here, but not where everything is meant to be tried. */
const without = (reason: string): void => {
  if (process.env.CI === 'true') t.fail(`CI has to try this: ${reason}`)
  else t.pass('in a namespace', { skip: reason })
}

/** Without what tap has every process load, and every process that this one starts: it doubles the time of a start. */
const plainNode = ['env', '-u', 'NODE_OPTIONS', process.execPath]

/**
 * Ends this process when all is done and said. By itself Node would then wait for requests of sockets that may never be done, and
 * turn in a loop for ever (seen with 20.20.2).
 */
const endAtTheEnd = (): void => {
  // After all others who listen for it.
  process.once('beforeExit', () => process.once('exit', () => process.exit()))
}

/**
 * Runs `tests` as root of namespaces of their own, with loopback and nothing else, whoever runs the file: the same
 * file (`import.meta.url`) once more, inside. Rules, links and processes end with it, and files run side by side.
 * Skipped where there can be no namespace.
 */
export const inNamespace = async (file: string, tests: () => void | Promise<void>): Promise<void> => {
  if (process.env[inside] !== undefined) {
    endAtTheEnd()
    await settle(machine)
    await tests()
    return
  }
  const starter = { uid: process.getuid?.() ?? 0 }
  const why = await whyNoNamespace(machine, starter)
  if (why) {
    without(`${why.message} (${why.cure})`)
    return
  }
  const [program, ...args] = namespaceCommand([...plainNode, fileURLToPath(file)], starter)
  await t.spawn(program, args, { env: { ...process.env, [inside]: '1' } }, 'in a namespace')
}

interface Skip {
  readonly skip: string | false
}

// Where everything is meant to be tried, the test itself will say what is missing.
const unless = (missing: string): Skip => ({ skip: process.env.CI !== 'true' && missing })

const succeeds = async (program: string, ...args: readonly string[]): Promise<boolean> => {
  try {
    return (await machine.run(program, args, { timeout: seconds(10) })).code === 0
  } catch {
    return false
  }
}

/** The options of a test that needs a program: skipped without it, but failed where CI wants everything. */
export const needing = async (program: string, ...args: readonly string[]): Promise<Skip> =>
  (await succeeds(program, ...args))
    ? { skip: false }
    : unless(`${program} is missing, or does not work here`)

/** In a namespace: tests with each of the two iptables, for the kernel's new tables and for its old ones. */
export const withEachIptables = async (
  name: string,
  test: (t: Test, iptables: string) => Promise<void>,
): Promise<void> => {
  for (const program of ['iptables-nft', 'iptables-legacy'])
    t.test(`${name} (${program})`, await needing(program, '-t', 'nat', '-S'), t => test(t, program))
}
