import { kubeProxyRules } from '../../capture/kube-proxy.js'
import { type Check, well, wrong } from './finding.js'

/** Whether a kube-proxy leads the same clients away. */
export const kubeProxy: Check = async ({ host }) => {
  const what = 'kube-proxy'
  const rules = await kubeProxyRules(host)
  if (rules.length === 0) return [well(what, 'has no rules in force here')]
  const found = rules.map(({ kept, addresses }) => `${kept}, ${addresses.length} addresses`).join('; ')
  return [
    wrong(
      what,
      `has rules in force here (${found})`,
      'stop it and take its rules out (kube-proxy --cleanup), or leave Services to it',
    ),
  ]
}

/** What translates Services in the kernel before any iptables rule is asked, by the interfaces that it makes. */
const bypassing: Readonly<Record<string, RegExp>> = {
  Cilium: /^\s*(?:cilium_host|cilium_net):/m,
  'Calico (eBPF)': /^\s*(?:bpfin\.cali|bpfout\.cali|bpfnatin):/m,
}

/** Whether there is a CNI that may bypass the host's nat. */
export const bypass: Check = async ({ host }) => {
  const interfaces = (await host.readFile('/proc/net/dev')) ?? ''
  return Object.entries(bypassing)
    .filter(([, made]) => made.test(interfaces))
    .map(([name]) =>
      wrong(
        'CNI',
        `${name} is here: it may translate Services before any rule of ours is asked`,
        'switch its own Service handling off (Cilium: kubeProxyReplacement=false), or leave Services to it',
      ),
    )
}
