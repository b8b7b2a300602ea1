import { type Command, Option } from 'commander'
import { namespaces, serverUrl } from '../parsers.js'
import { readBy } from './read-by.js'

/** Which cluster. */
export interface ClusterOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly master?: string
  /** One or more. Absent: all. */
  readonly namespace?: readonly string[]
}

export const withClusterOptions = (command: Command): Command =>
  command
    .optionsGroup('The cluster:')
    .option(
      '--kubeconfig <file>',
      'default: $KUBECONFIG, then ~/.kube/config (under sudo, of the user who called it), then in-cluster',
    )
    .option('--context <name>', "which of the kubeconfig's contexts; default: its current one")
    .addOption(
      readBy(new Option('--master <url>', "the API server's URL, instead of the kubeconfig's"), serverUrl),
    )
    .addOption(
      readBy(
        new Option(
          '-n, --namespace <list>',
          'only Services of these namespaces, with rights in no others; default: all',
        ),
        namespaces,
      ),
    )
