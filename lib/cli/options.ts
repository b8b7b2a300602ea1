import { type Command, Option } from 'commander'
import type { Milliseconds } from '../model/milliseconds.js'
import type { PortRange } from '../model/port-range.js'
import type { OnEndpointGone } from '../model/terms.js'
import { endpointGone, localPortRange, period, serverUrl, span, udpSpan, verbosity } from './parsers.js'

/** How much the program says, and in what form. */
export interface LoggingOptions {
  readonly v: number
  readonly loggingFormat: 'text' | 'json'
}

/** What `kube-portal cleanup` was told. */
export interface CleanupOptions extends LoggingOptions {
  readonly stateDir?: string
}

/** Which cluster. */
export interface ClusterOptions {
  readonly kubeconfig?: string
  readonly context?: string
  readonly master?: string
}

/** What `kube-portal run` was told. */
export interface RunOptions extends CleanupOptions, ClusterOptions {
  readonly proxyPortRange: PortRange
  readonly iptablesBackend: 'auto' | 'nft' | 'legacy'
  readonly iptablesSyncPeriod: Milliseconds
  readonly iptablesMinSyncPeriod: Milliseconds
  readonly drainTimeout: Milliseconds
  readonly tcpIdleTimeout: Milliseconds
  /** Never 0. */
  readonly udpTimeout: Milliseconds
  readonly onEndpointGone: OnEndpointGone
  readonly dryRun?: true
  readonly cleanup?: true
}

/** An option whose text is read by `read`; `fallback` is its default, as a user would write it. */
const readBy = (option: Option, read: (text: string) => unknown, fallback?: string): Option => {
  option.argParser(read)
  return fallback === undefined ? option : option.default(read(fallback), fallback)
}

const withLoggingOptions = (command: Command): Command =>
  command
    .optionsGroup('Logging (on standard error):')
    .addOption(
      readBy(
        new Option(
          '-v, --v <level>',
          'how much to say: 0 the least, 2 the rules as written, 3 each refusal, 4 each connection',
        ),
        verbosity,
        '0',
      ),
    )
    .addOption(
      new Option('--logging-format <format>', 'lines for people, or JSON')
        .choices(['text', 'json'])
        .default('text'),
    )

const withStateOption = (command: Command): Command =>
  command.option(
    '--state-dir <folder>',
    'where local ports are remembered; default: /run/kube-portal, else $XDG_RUNTIME_DIR/kube-portal',
  )

const withClusterOptions = (command: Command): Command =>
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

const withProxyOptions = (command: Command): Command =>
  command
    .optionsGroup('The proxy:')
    .addOption(
      readBy(
        new Option('--proxy-port-range <range>', 'local ports to listen on, one per service port'),
        localPortRange,
        '14000-29999',
      ),
    )
    .addOption(
      readBy(
        new Option('--iptables-sync-period <duration>', 'rules are looked at this often at least; not 0'),
        period,
        '30s',
      ),
    )
    .addOption(
      readBy(
        new Option('--iptables-min-sync-period <duration>', 'and this often at most; 0: after every change'),
        span,
        '1s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--drain-timeout <duration>',
          'on stop, how long open connections may go on; 0: not at all',
        ),
        span,
        '10s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--tcp-idle-timeout <duration>',
          'reset connections on which nothing goes for so long; 0: never',
        ),
        span,
        '0s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--udp-timeout <duration>',
          'forget UDP clients on whose flow nothing goes for so long; 0: the default',
        ),
        udpSpan,
        '120s',
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--on-endpoint-gone <what>',
          'TCP connections whose endpoint is removed: keep, reset (at once), or reset=30s (after a grace)',
        ),
        endpointGone,
        'keep',
      ),
    )
    .addOption(
      new Option(
        '--iptables-backend <backend>',
        'which iptables to use; auto: the one that already holds rules, else what iptables is',
      )
        .choices(['auto', 'nft', 'legacy'])
        .default('auto'),
    )

const withModeOptions = (command: Command): Command =>
  command
    .optionsGroup('Instead of running:')
    .option('--dry-run', 'print the rules of the cluster as it is now, change nothing; needs no privilege')
    .option('--cleanup', 'remove everything that kube-portal left, as `kube-portal cleanup` does')

export const withRunOptions = (command: Command): Command =>
  withModeOptions(withLoggingOptions(withStateOption(withProxyOptions(withClusterOptions(command)))))

export const withCleanupOptions = (command: Command): Command => withLoggingOptions(withStateOption(command))
