import { type Command, Option } from 'commander'
import type { Requirement } from '../../model/label-selector.js'
import { selector } from '../parsers.js'
import { readBy } from './read-by.js'

/** Which instance is asked, and about which namespace. */
export interface AskingOptions {
  readonly stateDir?: string
  readonly namespace?: string
}

export type StatusFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name'

/** What `kube-portal status` was told. */
export interface StatusOptions extends AskingOptions {
  readonly allNamespaces?: true
  readonly selector?: readonly Requirement[]
  readonly output: StatusFormat
  readonly watch?: true
}

export const withAskingOptions = (command: Command): Command =>
  command
    .option('-n, --namespace <namespace>', 'only Services of this namespace; default: all')
    .option(
      '--state-dir <folder>',
      'of the instance that is asked; default: /run/kube-portal, then $XDG_RUNTIME_DIR/kube-portal',
    )

export const withStatusOptions = (command: Command): Command =>
  withAskingOptions(
    command
      .argument('[name...]', 'only these Services')
      .option('-A, --all-namespaces', 'Services of all namespaces, as without -n')
      .addOption(
        readBy(
          new Option('-l, --selector <labels>', 'only Services with these labels: app=web,tier!=db'),
          selector,
        ),
      )
      .addOption(
        new Option('-o, --output <format>', 'what is printed')
          .choices(['table', 'wide', 'json', 'yaml', 'name'])
          .default('table'),
      )
      .option('-w, --watch', 'go on, and print what changes'),
  )
