import { allCommands, type CompletedCommand, type CompletedOption, lastWord } from './command-line.js'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** When the words so far lead to this command, and to none below it. */
const condition = ({ path, commands }: CompletedCommand): string => {
  const seen = path.split(' ').map(word => `__fish_seen_subcommand_from ${word}`)
  const below = commands.map(lastWord).join(' ')
  const parts = [
    ...(path === '' ? [] : seen),
    ...(below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`]),
  ]
  return parts.length === 0 ? '' : ` -n ${quoted(parts.join('; and '))}`
}

const takes = (value: CompletedOption['value']): string => {
  if (value === 'none') return ''
  if (value === 'file') return ' -r -F'
  if (value === 'folder') return " -x -a '(__fish_complete_directories)'"
  return value === 'other' ? ' -x' : ` -x -a ${quoted(value.join(' '))}`
}

const flag = (name: string): string =>
  name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`

const lines = (command: CompletedCommand): readonly string[] => {
  const when = `complete -c kube-portal${condition(command)}`
  return [
    ...command.commands.map(each => `${when} -f -a ${lastWord(each)} -d ${quoted(each.description)}`),
    ...(command.words.length === 0 ? [] : [`${when} -f -a ${quoted(command.words.join(' '))}`]),
    ...command.options.map(
      ({ names, description, value }) =>
        `${when}${names.map(flag).join('')}${takes(value)} -d ${quoted(description)}`,
    ),
  ]
}

/** A script for fish, to be a file \`kube-portal.fish\` in its folder of completions. */
export const fish = (program: CompletedCommand): string =>
  `# fish completion for kube-portal\n${allCommands(program).flatMap(lines).join('\n')}\n`
