import { allCommands, type CompletedCommand, type CompletedOption, lastWord } from './command-line.js'

const words = (list: readonly string[]): string => list.map(word => word.replaceAll("'", '')).join(' ')

const offered = (value: Exclude<CompletedOption['value'], 'none' | 'other'>): string => {
  if (value === 'file') return 'compgen -f'
  return value === 'folder' ? 'compgen -d' : `compgen -W '${words(value)}'`
}

/** In which cases an option comes before the word in question. */
const pattern = (path: string, { names }: CompletedOption): string =>
  names.map(name => `'${path} ${name}'`).join('|')

const valueCases = ({ path, options }: CompletedCommand): readonly string[] => {
  const free = options.filter(({ value }) => value === 'other').map(each => pattern(path, each))
  return [
    ...options.flatMap(option =>
      option.value === 'none' || option.value === 'other'
        ? []
        : [
            `${pattern(path, option)}) mapfile -t COMPREPLY < <(${offered(option.value)} -- "$current"); return ;;`,
          ],
    ),
    ...(free.length === 0 ? [] : [`${free.join('|')}) return ;;`]),
  ]
}

const nextCase = ({ path, commands, words: list, options }: CompletedCommand): string => {
  const next = [...commands.map(lastWord), ...list, ...options.flatMap(({ names }) => names)]
  return `'${path}') mapfile -t COMPREPLY < <(compgen -W '${words(next)}' -- "$current") ;;`
}

/** A script for bash: `source <(kube-portal completion bash)`. */
export const bash = (program: CompletedCommand): string => {
  const all = allCommands(program)
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`)
  return `# bash completion for kube-portal
_kube_portal() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' word next
  # An option that is given as --name=value is three words to bash.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="$command\${command:+ }$word"
    case $next in
    ${paths.join('|')}) command=$next ;;
    esac
  done
  case "$command $previous" in
  ${all.flatMap(valueCases).join('\n  ')}
  esac
  case $command in
  ${all.map(nextCase).join('\n  ')}
  esac
}
complete -o filenames -F _kube_portal kube-portal
`
}
