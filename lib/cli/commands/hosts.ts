import type { Command } from 'commander'
import { exitCodeHelp } from '../exit-code.js'
import { type HostsOptions, withHostsOptions } from '../options/hosts.js'

const example = `
Where cluster IPs are captured, it gives Services their names:
  kube-portal hosts | sudo tee -a /etc/hosts
kube-portal cleanup takes it out again. To have it kept up to date: run --dns hosts.`

export const withHosts = (root: Command): void => {
  withHostsOptions(
    root
      .command('hosts')
      .description('print lines for a hosts file, with the names of the Services that there are now'),
  )
    .addHelpText('after', example)
    .addHelpText('after', exitCodeHelp)
    .action(async (options: HostsOptions) => {
      const { hosts } = await import('../hosts.js')
      await hosts(options)
    })
}
