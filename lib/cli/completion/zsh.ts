import { allCommands, type CompletedCommand, type CompletedOption, lastWord } from './command-line.js'

/** As a part of a word in single quotes, in which zsh gives a meaning to some characters. */
const quoted = (text: string): string =>
  text.replaceAll(/[[\]:\\]/g, character => `\\${character}`).replaceAll("'", "'\\''")

const nameOf = ({ path }: CompletedCommand): string => `_kube_portal${path.replaceAll(/^(?=.)|[ -]/g, '_')}`

const action = (value: Exclude<CompletedOption['value'], 'none'>): string => {
  if (value === 'file') return ':file:_files'
  if (value === 'folder') return ':folder:_files -/'
  return value === 'other' ? ':value: ' : `:value:(${value.join(' ')})`
}

const specs = ({ names, description, value }: CompletedOption): readonly string[] =>
  names.map(name => {
    const takes = value === 'none' ? '' : action(value)
    const mark = value === 'none' ? '' : name.startsWith('--') ? '=' : ''
    return `'${name}${mark}[${quoted(description)}]${takes}'`
  })

const functionOf = (command: CompletedCommand): string => {
  const { options, commands, words } = command
  const list = commands.map(each => `'${lastWord(each)}:${quoted(each.description)}'`)
  const cases = commands.map(each => `      ${lastWord(each)}) ${nameOf(each)} ;;`)
  const rest =
    commands.length === 0
      ? [words.length === 0 ? "'*:file:_files'" : `'*:word:(${words.join(' ')})'`]
      : ["'1: :->command'", "'*:: :->rest'"]
  const steps = `
  case $state in
  command)
    local -a commands=(${list.join(' ')})
    _describe command commands
    ;;
  rest)
    case $words[1] in
${cases.join('\n')}
    esac
    ;;
  esac`
  return `${nameOf(command)}() {
  local line state
  _arguments -C \\
    ${[...options.flatMap(specs), ...rest].join(' \\\n    ')}${commands.length === 0 ? '' : steps}
}
`
}

/** A script for zsh, to be a file \`_kube-portal\` in a folder of its \`fpath\`. */
export const zsh = (program: CompletedCommand): string =>
  `#compdef kube-portal
${allCommands(program).map(functionOf).join('\n')}
# Whether it was sourced, or loaded from fpath.
if [ "$funcstack[1]" = "_kube-portal" ]; then _kube_portal "$@"; else compdef _kube_portal kube-portal; fi
`
