import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
const unshare = [...user, '--net', '--mount', '--']

/** Runs a program to its end. Throws with what it said unless its code is 0. */
export const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' })

/** Each line of `script` is a command with its arguments. */
export const runAll = (script: string): void => {
  for (const line of script.trim().split('\n')) {
    const [program = '', ...args] = line.trim().split(' ')
    run(program, ...args)
  }
}

/** Why a test is skipped that needs this command to work here: false when it does, or when CI wants all tests. */
export const without = (program: string, ...args: readonly string[]): string | false => {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status === 0 || process.env.CI === 'true') return false
  return `${program} does not work here: ${error?.message ?? stderr.trim()}`
}

const prepare = (): void =>
  runAll(`
    mount -t tmpfs none /run
    ip link set lo up
  `)

/**
 * Runs `tests` in namespaces of their own: the same file (`import.meta.url`) once more, inside. Skipped where no
 * namespace or no iptables can be had, except on CI.
 */
export const inNamespace = async (file: string, tests: () => void | Promise<void>): Promise<void> => {
  if (process.argv.includes('inside')) {
    prepare()
    await tests()
    return
  }
  const skip = without('unshare', ...unshare, 'iptables', '-L')
  if (skip) {
    t.pass('in a namespace', { skip })
    return
  }
  const again = [...unshare, process.execPath, fileURLToPath(file), 'inside']
  await t.spawn('unshare', again, {}, 'in a namespace')
}
