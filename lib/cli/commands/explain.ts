import type { Command } from 'commander'
import type { Ending } from '../ending.js'
import { exitCodeHelp } from '../exit-code.js'
import type { Target } from '../explain/target.js'
import { type ExplainOptions, withExplainOptions } from '../options/explain.js'

export const withExplain = (root: Command, ending: Ending): void => {
  withExplainOptions(
    root
      .command('explain')
      .description(
        'go the way of a client, step by step, and say what is in its way; dials endpoints, and the portal itself',
      ),
  )
    .addHelpText('after', exitCodeHelp)
    .action(async (target: Target, options: ExplainOptions) => {
      const { explain } = await import('../explain.js')
      ending.code = await explain(target, options)
    })
}
