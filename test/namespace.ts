import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { machine } from '../lib/host/machine.js'
import { seconds } from '../lib/model/milliseconds.js'
import { namespaceCommand, settle, whyNoNamespace } from '../lib/sandbox/network/namespace.js'

const inside = 'KUBE_PORTAL_TEST_INSIDE'

/** Not to be had here: skipped, but not where everything is meant to be tried. */
const without = (reason: string): void => {
  if (process.env.CI === 'true') t.fail(`CI has to try this: ${reason}`)
  else t.comment(`skipped: ${reason}`)
}

/**
 * Runs `tests` as root of namespaces of their own, with loopback and nothing else, whoever runs the file: the same
 * file (`import.meta.url`) once more, inside. Rules, links and processes end with it, and files run side by side.
 * Skipped where there can be no namespace.
 */
export const inNamespace = async (file: string, tests: () => void | Promise<void>): Promise<void> => {
  if (process.env[inside] !== undefined) {
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
  const [program, ...args] = namespaceCommand([process.execPath, fileURLToPath(file)], starter)
  await t.spawn(program, args, { env: { ...process.env, [inside]: '1' } }, 'in a namespace')
}

/** The options of a test that needs these programs: skipped without them, failed where CI wants everything. */
export const needing = async (...programs: readonly string[]): Promise<{ skip: string | false }> => {
  for (const program of programs) {
    try {
      await machine.run(program, ['--version'], { timeout: seconds(10) })
    } catch {
      if (process.env.CI === 'true') continue
      return { skip: `there is no program ${program}` }
    }
  }
  return { skip: false }
}

/** Runs `test` once with each iptables there is: the kernel's new tables and its old ones. */
export const withEachIptables = async (
  name: string,
  test: (t: Test, suffix: 'nft' | 'legacy') => Promise<void>,
): Promise<void> => {
  for (const suffix of ['nft', 'legacy'] as const)
    t.test(`${name} (${suffix})`, await needing(`iptables-${suffix}`), t => test(t, suffix))
}
