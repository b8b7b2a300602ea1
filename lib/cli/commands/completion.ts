import { Argument, type Command } from 'commander'
import { completion, completionHelp, shells } from '../completion/completion.js'

export const withCompletion = (root: Command): void => {
  root
    .command('completion')
    .description('print a script with which a shell completes commands and options')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', completionHelp)
    .action((shell: string) => void process.stdout.write(completion(root, shell)))
}
