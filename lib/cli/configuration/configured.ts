import type { Command } from 'commander'
import { isAsIs, kubeProxyFlags } from '../../config/kube-proxy-flags.js'
import { mistakeText } from '../../config/mistake.js'
import { type NotApplied, notAppliedText } from '../../config/not-applied.js'
import { Failure } from '../../model/failure.js'
import type { RunOptions } from '../options.js'

/** What the command line gives that has no effect here. */
const flagsNotApplied = (command: Command): readonly NotApplied[] =>
  command.options.flatMap(option => {
    const flag = kubeProxyFlags.find(each => each.flag === option.long)
    const name = option.attributeName()
    if (!flag || command.getOptionValueSource(name) !== 'cli') return []
    const value: unknown = command.getOptionValue(name)
    return isAsIs(String(value), flag) ? [] : [{ name: flag.flag, why: flag.why }]
  })

interface FromFile {
  readonly notApplied: readonly NotApplied[]
  readonly overridden: readonly string[]
}

const nothing: FromFile = { notApplied: [], overridden: [] }

/** Sets what the file says. Rejects with a Failure that names each mistake in it. */
const fromFile = async (command: Command, file: string): Promise<FromFile> => {
  // Loaded only by now: who has no file does not wait for a parser.
  const { tried } = await import('./tried.js')
  const { mistakes, notApplied, overridden } = await tried(command, file)
  if (mistakes.length === 0) return { notApplied, overridden }
  const lines = mistakes.map(mistake => `\n  ${mistakeText(file, mistake)}`)
  throw new Failure('usage', `the configuration cannot be used:${lines.join('')}`, {
    cure: 'mend it; kube-portal config validate FILE tries it without starting anything',
  })
}

const say = async (options: RunOptions, { notApplied, overridden }: FromFile): Promise<void> => {
  if (notApplied.length + overridden.length === 0) return
  const { stderrLog } = await import('../stderr-log.js')
  const log = stderrLog(options)
  if (notApplied.length > 0) log.warn(`of no effect here: ${notAppliedText(notApplied)}`)
  if (overridden.length > 0)
    log.info(`flags win over ${options.config ?? 'the file'}, which says ${overridden.join(', ')}`)
}

/**
 * What `kube-portal run` was told: by its flags, else by the file that `--config` names. Says what has no effect, and where the two
 * differ. Rejects with a Failure `usage` where that makes no sense, or is not to be under `--strict-config`.
 */
export const configured = async (command: Command): Promise<RunOptions> => {
  const { config = '', strictConfig } = command.opts<RunOptions>()
  const file = config === '' ? nothing : await fromFile(command, config)
  const notApplied = [...flagsNotApplied(command), ...file.notApplied]
  if (strictConfig && notApplied.length > 0)
    throw new Failure('usage', `of no effect here: ${notAppliedText(notApplied)}`, {
      cure: 'take them out, or leave out --strict-config',
    })
  const options = command.opts<RunOptions>()
  await say(options, { notApplied, overridden: file.overridden })
  return options
}
