import type { Host } from '../host/host.js'
import { type Family, type IpAddress, ipAddress } from '../model/ip-address.js'
import { heldRules, installedBackends, outputOf } from './installed-backends.js'
import { tokensOf } from './rule.js'

/** What a kube-proxy has in force on this machine. */
export interface KubeProxyRules {
  /** `iptables-nft`, `nftables`. */
  readonly kept: string
  /** The addresses of Services that it leads away: at least one. */
  readonly addresses: readonly IpAddress[]
}

const families: readonly Family[] = ['IPv4', 'IPv6']

const natTable = /^\*nat\n([^*]*)/m
const jump = /^(?:\[\d+:\d+\] )?-A (?:PREROUTING|OUTPUT) .*-j KUBE-SERVICES$/m
const serviceRule = /^(?:\[\d+:\d+\] )?-A KUBE-SERVICES (.*)$/gm

const destinationOf = (rule: string): readonly string[] => {
  const tokens = tokensOf(rule)
  const at = tokens.indexOf('-d')
  return at < 0 || tokens[at - 1] === '!' ? [] : tokens.slice(at + 1, at + 2)
}

/** The addresses in what `iptables-save` prints: none where only those chains are left that kubelet makes, too. */
export const addressesInIptables = (saved: string): readonly string[] => {
  const [, nat = ''] = natTable.exec(saved) ?? []
  if (!jump.test(nat)) return []
  return Array.from(nat.matchAll(serviceRule), ([, rule = '']) => destinationOf(rule))
    .flat()
    .map(range => range.replace(/\/(?:32|128)$/, ''))
    .filter(address => !address.includes('/'))
}

/** Those in what `nft list map … service-ips` prints: `10.96.0.10 . tcp . 53 : goto …`. */
export const addressesInNftables = (listed: string): readonly string[] =>
  Array.from(listed.matchAll(/([\da-f.:]+) \. (?:tcp|udp|sctp) \. \d+/g), ([, address = '']) => address)

/** Those in what `ip address show` prints. Link-local ones are the kernel's own. */
export const addressesOnInterface = (shown: string): readonly string[] =>
  Array.from(shown.matchAll(/ inet6? ([\da-f.:]+)\/(?:32|128) /g), ([, address = '']) => address)

interface Found {
  readonly kept: string
  readonly texts: readonly string[]
}

const inIptables = async (host: Host): Promise<readonly Found[]> => {
  const found = families.map(async family => {
    const backends = await installedBackends(host, family)
    return Promise.all(
      backends.map(async backend => ({
        kept: `iptables-${backend.kind}`,
        texts: addressesInIptables(await heldRules(host, backend, family)),
      })),
    )
  })
  return (await Promise.all(found)).flat()
}

/** What a program prints, or nothing where it is not there or refuses, as it does for what does not exist. */
const printed = async (host: Host, [program = '', ...args]: readonly string[]): Promise<string> =>
  (await outputOf(host, program, args)) ?? ''

const inNftables = async (host: Host): Promise<Found> => {
  const maps = ['ip', 'ip6'].map(family =>
    printed(host, ['nft', 'list', 'map', family, 'kube-proxy', 'service-ips']),
  )
  return { kept: 'nftables', texts: (await Promise.all(maps)).flatMap(addressesInNftables) }
}

const inIpvs = async (host: Host): Promise<Found> => ({
  kept: 'ipvs',
  texts: addressesOnInterface(await printed(host, ['ip', '-o', 'address', 'show', 'dev', 'kube-ipvs0'])),
})

/**
 * The rules of a kube-proxy that runs here, or was ended without its cleanup, in any of its modes but userspace, whose rules are
 * ours. Changes nothing. What cannot be looked at counts as not there.
 */
export const kubeProxyRules = async (host: Host): Promise<readonly KubeProxyRules[]> => {
  // There is no kube-proxy for it. What is there called ip may be anything.
  if (host.platform === 'darwin') return []
  const looks = await Promise.allSettled([inIptables(host), inNftables(host), inIpvs(host)])
  const all = looks.flatMap(look => (look.status === 'fulfilled' ? look.value : []))
  const kinds = new Map<string, Set<string>>()
  for (const { kept, texts } of all)
    for (const text of texts) kinds.set(kept, (kinds.get(kept) ?? new Set()).add(text))
  return [...kinds].map(([kept, texts]) => ({ kept, addresses: [...texts].map(ipAddress) }))
}
