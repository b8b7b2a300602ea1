import { isDeepStrictEqual } from 'node:util'
import { type Command, InvalidArgumentError, type Option } from 'commander'
import type { Mistake } from '../../config/mistake.js'
import type { Setting } from '../../config/read.js'

/** What became of settings. */
export interface Applied {
  /** Those of which the value makes no sense. */
  readonly mistakes: readonly Mistake[]
  /** Those that a flag wins over, as one would write them on the command line. */
  readonly overridden: readonly string[]
}

const optionFor = (command: Command, { option: name }: Setting): Option => {
  const option = command.options.find(each => each.attributeName() === name)
  if (!option) throw new Error(`a field sets an option that there is not: ${name}`)
  return option
}

const valueOf = (option: Option, text: string | true): unknown =>
  text === true || !option.parseArg ? text : option.parseArg(text, undefined)

/** Sets the options that the command line does not. */
export const apply = (command: Command, settings: readonly Setting[]): Applied => {
  const mistakes: Mistake[] = []
  const overridden: string[] = []
  for (const setting of settings) {
    const option = optionFor(command, setting)
    const name = option.attributeName()
    try {
      const value = valueOf(option, setting.value)
      if (command.getOptionValueSource(name) !== 'cli')
        command.setOptionValueWithSource(name, value, 'config')
      else if (!isDeepStrictEqual(command.getOptionValue(name), value))
        overridden.push(`${option.long ?? name} ${setting.value}`)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      const { line, column, path } = setting
      mistakes.push({ line, column, path, text: error.message.replace(/\.$/, '') })
    }
  }
  return { mistakes, overridden }
}
