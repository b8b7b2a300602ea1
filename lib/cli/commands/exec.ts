import type { Command } from 'commander'
import { withServingOptions } from '../options.js'
import { exitCodeHelp } from '../exit-code.js'

/** Adds `kube-portal exec`, which `run` does. */
export const withExec = (
  root: Command,
  run: (command: readonly string[], from: Command) => Promise<void>,
): void => {
  withServingOptions(
    root
      .command('exec')
      .description("run one command with a cluster's Services within its reach, and stop when it has ended")
      .usage('[options] -- COMMAND [ARGUMENTS]')
      .argument('<command...>', 'what to run; its exit code is ours'),
  )
    .addHelpText('after', exitCodeHelp)
    .action((command: string[], _, from: Command) => run(command, from))
}
