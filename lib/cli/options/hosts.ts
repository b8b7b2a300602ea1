import type { Command } from 'commander'
import { type ClusterOptions, withClusterOptions } from './cluster.js'
import { type LaptopOptions, withClusterDomainOption } from './laptop.js'

/** What `kube-portal hosts` was told. */
export type HostsOptions = ClusterOptions & Pick<LaptopOptions, 'clusterDomain'>

export const withHostsOptions = (command: Command): Command =>
  withClusterDomainOption(withClusterOptions(command))
