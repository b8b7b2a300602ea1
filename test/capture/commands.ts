import { execFileSync, spawnSync } from 'node:child_process'

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
