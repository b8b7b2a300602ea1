import { chmod, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Family } from '../../lib/model/ip-address.js'
import type { Backend } from '../services/each-backend.js'
import { run } from '../capture/commands.js'

const folder = '/run/faulty'

/** What runs a program that finds the faulty programs instead of the real ones. */
export const withFaultyIptables: readonly string[] = ['/usr/bin/env', `PATH=${folder}`]

/** How a program fails: a part of a shell script, in place of which nothing goes wrong. */
export const ways = {
  hanging: 'exec sleep 600',
  locked: 'echo "Another app is currently holding the xtables lock. Stopped waiting after 5s." >&2; exit 4',
  killed: 'kill -9 $$',
  talking: 'echo "Segmentation fault"; exit 0',
  refusing: 'echo "line 2 failed" >&2; exit 1',
  'killed after its work': '"$real" "$@"; kill -9 $$',
  'failing after the first table': 'sed "/^COMMIT$/q" | "$real" "$@"; exit 1',
  slow: 'sleep 2; exec "$real" "$@"',
  missing: undefined,
} as const

export type Way = keyof typeof ways

type Verb = 'save' | 'restore'

export interface Which {
  readonly verbs?: readonly Verb[]
  readonly families?: readonly Family[]
}

const script = (real: string, way: string): string =>
  `#!/bin/sh\nreal=${real}\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n${way}\nexec "$real" "$@"\n`

const where = (program: string): string => run('sh', '-c', `command -v ${program}`).trim()

/** Programs in place of iptables' own, each of which fails as told. All other programs that kube-portal uses are as they are. */
export class FaultyIptables {
  readonly #backend: Backend

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async install(): Promise<void> {
    await mkdir(folder, { recursive: true })
    for (const program of ['ip', 'conntrack', 'ss'])
      await readlink(join(folder, program)).catch(() => symlink(where(program), join(folder, program)))
    await this.work()
  }

  /** From now on, those programs fail so. What runs already goes on. */
  async fail(
    way: Way,
    { verbs = ['save', 'restore'], families = ['IPv4', 'IPv6'] }: Which = {},
  ): Promise<void> {
    for (const family of families) for (const verb of verbs) await this.#write(family, verb, ways[way])
  }

  /** All is as it should be. */
  async work(): Promise<void> {
    for (const family of ['IPv4', 'IPv6'] as const)
      for (const verb of ['save', 'restore'] as const) await this.#write(family, verb, '')
  }

  async #write(family: Family, verb: Verb, way: string | undefined): Promise<void> {
    const name = `${family === 'IPv4' ? 'iptables' : 'ip6tables'}-${this.#backend}-${verb}`
    const path = join(folder, name)
    await rm(path, { force: true })
    if (way === undefined) return
    // Made elsewhere and moved: a half-written one would be another fault.
    await writeFile(`${path}.new`, script(where(name), way))
    await chmod(`${path}.new`, 0o755)
    run('mv', `${path}.new`, path)
  }
}
