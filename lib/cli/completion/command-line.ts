import type { Command, Option } from 'commander'

/** An option as a shell completes it. */
export interface CompletedOption {
  /** `-v`, `--v`. */
  readonly names: readonly string[]
  readonly description: string
  /** What comes after it: nothing, one of these words, a file, a folder, or something that no shell can guess. */
  readonly value: 'none' | readonly string[] | 'file' | 'folder' | 'other'
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** The words that lead to it, without the program's name: `config validate`; empty for the program itself. */
  readonly path: string
  readonly description: string
  readonly options: readonly CompletedOption[]
  /** The words that its arguments may be, where it takes only some. */
  readonly words: readonly string[]
  /** What may come next. */
  readonly commands: readonly CompletedCommand[]
}

const valueOf = ({ argChoices, flags, required, optional }: Option): CompletedOption['value'] => {
  if (!required && !optional) return 'none'
  if (argChoices) return argChoices
  if (flags.includes('<file>')) return 'file'
  return flags.includes('<folder>') ? 'folder' : 'other'
}

/** Its first clause: there is one line for it. */
const summary = (description: string): string => description.replace(/[:;(].*/, '').trim()

const completedOption = (option: Option): CompletedOption => ({
  names: [option.short, option.long].filter(name => name !== undefined),
  description: summary(option.description),
  value: valueOf(option),
})

/** What a shell needs to know of `command`, and of those below it. Hidden ones are left out. */
export const commandLine = (command: Command, above?: string): CompletedCommand => {
  const path = above === undefined ? '' : `${above} ${command.name()}`.trim()
  const help = command.createHelp()
  return {
    path,
    description: summary(command.description()),
    words: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    options: help.visibleOptions(command).map(completedOption),
    commands: help.visibleCommands(command).map(each => commandLine(each, path)),
  }
}

/** The command, and all that are below it. */
export const allCommands = (command: CompletedCommand): readonly CompletedCommand[] => [
  command,
  ...command.commands.flatMap(allCommands),
]

/** The last word that leads to it. */
export const lastWord = ({ path }: CompletedCommand): string => path.slice(path.lastIndexOf(' ') + 1)
