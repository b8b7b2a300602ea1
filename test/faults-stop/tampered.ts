import { existsSync, mkdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where tests of one namespace keep the programs that stand before iptables'. */
const folder = '/run/tampered'
const begun = join(folder, 'begun')

/** The real ones. */
const systems = '/usr/sbin:/usr/bin:/sbin:/bin'

const script = (program: string): string => `#!/bin/sh
if [ -e ${folder}/hang ]; then . ${folder}/hang; fi
PATH=${systems} exec ${program} "$@"
`

/** Programs of these names that hang when told to, and else are what they are called after. */
export class Tampered {
  constructor(programs: readonly string[]) {
    mkdirSync(join(folder, 'bin'), { recursive: true })
    for (const program of programs)
      writeFileSync(join(folder, 'bin', program), script(program), { mode: 0o755 })
  }

  /** To be put before a command that is to have them, and no others. */
  readonly runner: readonly string[] = ['env', `PATH=${folder}/bin`]

  /** From now on those `like` this hang: a pattern of the shell's, for the program with its arguments. */
  hang(like = 'ip*tables*'): void {
    rmSync(begun, { force: true })
    const condition = `case "\${0##*/} $*" in ${like}) : > ${begun}; PATH=${systems} exec sleep 600;; esac\n`
    writeFileSync(join(folder, 'hang'), condition)
  }

  /** From now on there is no such program. */
  lose(program: string): void {
    rmSync(join(folder, 'bin', program))
  }

  /** Resolves when one of them has begun to hang. */
  async hangs(): Promise<void> {
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (!existsSync(begun)) return
        watcher.close()
        resolve()
      }
      const watcher = watch(folder, look)
      look()
    })
  }

  /** They work again. Those that hang go on hanging. */
  mend(): void {
    rmSync(join(folder, 'hang'), { force: true })
  }
}
