import { execFileSync } from 'node:child_process'
import { cpus, release } from 'node:os'
import type { Machine } from './result.js'

const commit = (): string => {
  try {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim()
    const changed = git('status', '--porcelain', '--', '../../../lib') === '' ? '' : ' and changes'
    return git('rev-parse', '--short', 'HEAD') + changed
  } catch {
    return 'unknown'
  }
}

/** The machine that figures were taken on; without it they say nothing. */
export const describeMachine = (): Machine => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown',
  kernel: release(),
  node: process.versions.node,
  commit: commit(),
  date: new Date().toISOString().slice(0, 10),
})
