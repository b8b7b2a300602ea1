import type { Command } from 'commander'
import { bash } from './bash.js'
import { commandLine, type CompletedCommand } from './command-line.js'
import { fish } from './fish.js'
import { zsh } from './zsh.js'

const scripts: Readonly<Record<string, (program: CompletedCommand) => string>> = { bash, zsh, fish }

/** The shells for which there is a script. */
export const shells: readonly string[] = Object.keys(scripts)

/** A script for the `shell`, which completes the commands and options of `program`. Throws RangeError where there is none. */
export const completion = (program: Command, shell: string): string => {
  const script = scripts[shell]
  if (!script) throw new RangeError(`there is no script for ${shell}`)
  return script(commandLine(program))
}

export const completionHelp = `
Where it goes:
  bash  source <(kube-portal completion bash), in ~/.bashrc
  zsh   kube-portal completion zsh > "\${fpath[1]}/_kube-portal"
  fish  kube-portal completion fish > ~/.config/fish/completions/kube-portal.fish`
