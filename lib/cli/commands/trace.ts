import type { Command } from 'commander'
import type { Ending } from '../ending.js'
import { exitCodeHelp } from '../exit-code.js'
import { type TraceOptions, withTraceOptions } from '../options/trace.js'

export const withTrace = (root: Command, ending: Ending): void => {
  withTraceOptions(
    root
      .command('trace')
      .description('follow connections as they are made, a line a step, until Ctrl-C; UDP clients, too'),
  )
    .addHelpText('after', exitCodeHelp)
    .action(async (services: string[], options: TraceOptions) => {
      const { trace } = await import('../trace.js')
      ending.code = await trace(services, options)
    })
}
