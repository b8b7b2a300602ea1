import type { Command } from 'commander'
import { type AskingOptions, withAskingOptions } from './status.js'

/** What `kube-portal trace` was told. */
export type TraceOptions = AskingOptions

export const withTraceOptions = (command: Command): Command =>
  withAskingOptions(command.argument('[service...]', 'only these: svc/web; default: all'))
