import type { Command } from 'commander'
import type { Ending } from '../ending.js'
import { exitCodeHelp } from '../exit-code.js'
import { type StatusOptions, withStatusOptions } from '../options/status.js'

export const withStatus = (root: Command, ending: Ending): void => {
  withStatusOptions(
    root
      .command('status')
      .description('say what the running kube-portal serves, and why it does not serve the rest'),
  )
    .addHelpText('after', exitCodeHelp)
    .action(async (names: string[], options: StatusOptions) => {
      const { status } = await import('../status.js')
      ending.code = await status(names, options)
    })
}
