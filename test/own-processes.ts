import { readdirSync, readFileSync } from 'node:fs'

export interface OwnProcess {
  readonly pid: number
  /** Its program with the arguments. */
  readonly command: readonly string[]
}

const commandOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // It has ended meanwhile.
    return []
  }
}

const programs = ['/bin/kube-portal.js', '/bin/guardian.js']

/** All processes of kube-portal in this namespace, its guardians with them. */
export const ownProcesses = (): readonly OwnProcess[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .map(pid => ({ pid, command: commandOf(pid) }))
    .filter(({ command }) => command.some(each => programs.some(program => each.endsWith(program))))
