import { type Command, Option } from 'commander'
import type { Cidr } from '../../model/cidr.js'
import type { NodePortAddresses } from '../../model/node-port-addresses.js'
import { cidrs, interfaceName, nodePorts } from '../parsers.js'
import { readBy } from './read-by.js'

/** How clients are led to our listeners. */
export type CaptureChoice = 'redirect' | 'dnat' | 'bind' | 'socks' | 'none'

/** Whether clients are led here by what is changed on this machine, which takes rights, and which only one may do at a time. */
export const mayChangeMachine = (capture: string): boolean => capture !== 'socks' && capture !== 'none'

export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix'

/** What this machine is in the cluster, and how clients on it and outside are met. */
export interface NodeOptions {
  readonly capture: CaptureChoice | 'auto'
  readonly force?: true
  readonly iptablesBackend: 'auto' | 'nft' | 'legacy'
  readonly hostnameOverride?: string
  readonly nodeportAddresses?: NodePortAddresses
  readonly externalCidrs?: readonly Cidr[]
  readonly serviceClusterIpRange?: readonly Cidr[]
  readonly detectLocalMode?: DetectLocalMode
  readonly clusterCidr?: readonly Cidr[]
  readonly podBridgeInterface?: string
  readonly podInterfaceNamePrefix?: string
}

const withPortalOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--capture <mode>',
        "how clients are led here: by iptables with redirect, or dnat to an address on lo (for pods whose interfaces have no address); bind, without iptables: by listening on the Services' own addresses; without any right, socks: by a SOCKS5 proxy that knows Services' names, or none: only local ports, on 127.0.0.1; auto: redirect, else what this machine and our rights allow",
      )
        .choices(['auto', 'redirect', 'dnat', 'bind', 'socks', 'none'])
        .default('auto'),
    )
    .option('--force', 'go before a kube-proxy that has rules in force for the same Services')
    .addOption(
      new Option(
        '--iptables-backend <backend>',
        'which iptables to use; auto: the one that already holds rules, else what iptables is',
      )
        .choices(['auto', 'nft', 'legacy'])
        .default('auto'),
    )
    .addOption(
      readBy(
        new Option(
          '--nodeport-addresses <list>',
          'where node ports are: ranges of addresses, primary, localhost; default: at all addresses of this machine',
        ),
        nodePorts,
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--external-cidrs <list>',
          'external and load-balancer IPs are served only inside these ranges; default: any',
        ),
        cidrs,
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--service-cluster-ip-range <list>',
          'where cluster IPs are, so no external IP may be; default: as the API server says, where it does',
        ),
        cidrs,
      ),
    )

const withOwnPodsOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--detect-local-mode <mode>',
        "how this node's own pods are told from others (for external traffic of Services with policy Local); default: ClusterCIDR where that is given, else NodeCIDR",
      ).choices(['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix']),
    )
    .addOption(readBy(new Option('--cluster-cidr <list>', 'the ranges of all pods, for ClusterCIDR'), cidrs))
    .addOption(
      readBy(
        new Option('--pod-bridge-interface <name>', 'the bridge of the pods, for BridgeInterface'),
        interfaceName,
      ),
    )
    .addOption(
      readBy(
        new Option(
          '--pod-interface-name-prefix <prefix>',
          "how names of pods' interfaces begin, for InterfaceNamePrefix",
        ),
        interfaceName,
      ),
    )

export const withNodeOptions = (command: Command): Command =>
  withOwnPodsOptions(
    withPortalOptions(
      command
        .optionsGroup('The node:')
        .option(
          '--hostname-override <name>',
          'the name of this Node in the cluster; default: $NODE_NAME, else the host name',
        ),
    ),
  )
