import type { Command } from 'commander'
import { bash } from './bash.js'
import { commandLine, type CompletedCommand } from './command-line.js'
import { fish } from './fish.js'
import { zsh } from './zsh.js'

const scripts = { bash, zsh, fish } as const

export type Shell = keyof typeof scripts

/** The shells for which there is a script. */
export const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

/** A script for the `shell`, which completes the commands and options of `program`. */
export const completion = (program: Command, shell: Shell): string => {
  const script: (program: CompletedCommand) => string = scripts[shell]
  return script(commandLine(program))
}

export const completionHelp = `
Where it goes:
  bash  source <(kube-portal completion bash), in ~/.bashrc
  zsh   kube-portal completion zsh > "\${fpath[1]}/_kube-portal"
  fish  kube-portal completion fish > ~/.config/fish/completions/kube-portal.fish`
