import type { Command } from 'commander'
import { exitCodeHelp } from '../exit-code.js'

/** Adds `kube-portal config`; `ended` is told the exit code. */
export const withConfigCommand = (root: Command, ended: (code: number) => void): void => {
  const config = root
    .command('config')
    .description('look at configuration files, for kube-proxy and for kube-portal')
    .helpCommand(false)
  config
    .command('validate')
    .description('say what is wrong in configuration files, by line and field, and what has no effect')
    .argument('<file...>', 'files as for `kube-portal run --config`')
    .addHelpText('after', exitCodeHelp)
    .action(async (files: readonly string[]) => {
      const { validate } = await import('./validate.js')
      ended(await validate(files))
    })
  config
    .command('schema')
    .description('print the JSON schema of these files, for editors')
    .action(async () => {
      const { schemaText } = await import('../../config/schema.js')
      process.stdout.write(schemaText)
    })
}
