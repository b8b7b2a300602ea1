import { type Command, Option } from 'commander'
import type { Endpoint } from '../../model/endpoint.js'
import { clusterDomain, loopbackPlace } from '../parsers.js'
import { readBy } from './read-by.js'

/** How we get from here to endpoints. */
export type ReachChoice = 'direct' | 'routes' | 'portforward'

/** Where programs of this machine learn what Services are called. */
export type NamesChoice = 'none' | 'hosts' | 'resolved'

/** What somebody needs whose machine is no part of the cluster. */
export interface LaptopOptions {
  readonly reach: ReachChoice | 'auto'
  readonly serviceRoutes: 'auto' | 'always' | 'never'
  readonly allowOverlap?: true
  readonly socksBindAddress: Endpoint
  readonly dns: NamesChoice
  readonly clusterDomain: string
}

const withRouteOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--reach <how>',
        "how endpoints are reached: direct, by their addresses; routes: the same, over routes to the nodes' pods that are added here (Linux); portforward: through the API server, TCP and pods only; auto: direct on a Node and where that works, else routes, else portforward",
      )
        .choices(['auto', 'direct', 'routes', 'portforward'])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--service-routes <when>',
        'whether cluster IPs are made to end here, with redirect and dnat: then they need no default route, and those of nobody are refused; auto: where this machine is no Node',
      )
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option(
      '--allow-overlap',
      'add routes even where others (of a VPN, of Docker) lead to the same addresses',
    )

/** What people of a cluster's DNS need to be told. */
export const withClusterDomainOption = (command: Command): Command =>
  command.addOption(
    readBy(
      new Option('--cluster-domain <domain>', "what the cluster's own names end with"),
      clusterDomain,
      'cluster.local',
    ),
  )

const withNameOptions = (command: Command): Command =>
  withClusterDomainOption(
    command
      .addOption(
        readBy(
          new Option('--socks-bind-address <address:port>', 'where --capture socks listens; loopback only'),
          loopbackPlace,
          '127.0.0.1:1080',
        ),
      )
      .addOption(
        new Option(
          '--dns <where>',
          "how programs here learn Services' names: by a block in the hosts file; resolved: systemd-resolved asks the cluster's DNS; none: not at all",
        )
          .choices(['none', 'hosts', 'resolved'])
          .default('none'),
      ),
  )

export const withLaptopOptions = (command: Command): Command =>
  withNameOptions(withRouteOptions(command.optionsGroup('On a laptop:')))
