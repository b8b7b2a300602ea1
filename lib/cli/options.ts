import { type Command, Option } from 'commander'
import { type ClusterOptions, withClusterOptions } from './options/cluster.js'
import { type ConfigurationOptions, withConfigurationOptions } from './options/configuration.js'
import type { OnCrash } from './crash/on-crash.js'
import { type HealthOptions, withHealthOptions } from './options/health.js'
import { type MetricsOptions, withMetricsOptions } from './options/metrics.js'
import { type LoggingOptions, withLoggingOptions } from './options/logging.js'
import { type LaptopOptions, withLaptopOptions } from './options/laptop.js'
import { type CaptureChoice, type NodeOptions, withNodeOptions } from './options/node.js'
import { type ProxyOptions, withProxyOptions } from './options/proxy.js'

/** What `kube-portal cleanup` was told. */
export interface CleanupOptions extends LoggingOptions {
  readonly stateDir?: string
  readonly dryRun?: true
}

/** What `kube-portal run` was told. */
export interface RunOptions
  extends
    CleanupOptions,
    ClusterOptions,
    ConfigurationOptions,
    HealthOptions,
    LaptopOptions,
    MetricsOptions,
    NodeOptions,
    ProxyOptions {
  readonly onCrash: OnCrash | 'auto'
  readonly cleanup?: true
}

/** The same, once it is decided how clients are led here. */
export type ChosenOptions = RunOptions & { readonly capture: CaptureChoice }

const withStateOption = (command: Command): Command =>
  command.option(
    '--state-dir <folder>',
    'where local ports are remembered; default: /run/kube-portal, else $XDG_RUNTIME_DIR/kube-portal',
  )

const withCrashOption = (command: Command): Command =>
  command.addOption(
    new Option(
      '--on-crash <what>',
      'when it ends without a stop, even by kill -9: keep rules, routes and addresses, to be served again by the next start; or undo them, by a small process beside it; auto: undo on a terminal, keep elsewhere, under systemd and in a pod',
    )
      .choices(['auto', 'keep', 'undo'])
      .default('auto'),
  )

const withModeOptions = (command: Command): Command =>
  command
    .optionsGroup('Instead of running:')
    .option('--write-config-to <file>', 'write the configuration that would be in force, and end')
    .option('--dry-run', 'print the rules of the cluster as it is now, change nothing; needs no privilege')
    .addOption(
      new Option(
        '--cleanup',
        'remove everything that kube-portal left, as `kube-portal cleanup` does',
      ).conflicts('dryRun'),
    )

/** In the order of --help. */
const groups = [
  ...[withConfigurationOptions, withClusterOptions, withNodeOptions, withLaptopOptions],
  ...[withProxyOptions, withCrashOption],
  ...[withStateOption, withHealthOptions, withMetricsOptions, withLoggingOptions],
]

/** What says how Services are served. */
export const withServingOptions = (command: Command): Command =>
  groups.reduce((before, add) => add(before), command)

export const withRunOptions = (command: Command): Command => withModeOptions(withServingOptions(command))

export const withCleanupOptions = (command: Command): Command =>
  withLoggingOptions(
    withStateOption(command).option('--dry-run', 'say what would be removed, and change nothing'),
  )
