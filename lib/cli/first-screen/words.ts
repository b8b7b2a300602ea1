import type { ChosenOptions } from '../options.js'
import type { CaptureChoice } from '../options/node.js'

const how: Readonly<Record<CaptureChoice, string>> = {
  redirect: "iptables leads clients of Services' addresses here",
  dnat: "iptables leads clients of Services' addresses to one on lo",
  bind: "Services' addresses are this machine's own, and listened on",
  socks: 'programs come through a SOCKS5 proxy, which knows Services by name',
  none: 'each Service is at a port of 127.0.0.1',
}

/** How clients are led here. */
export const captureText = (capture: CaptureChoice, why: string | undefined): string =>
  `${capture}: ${how[capture]}${why === undefined ? '' : ` (${why})`}`

/** How programs here know Services' names. */
export const namesText = ({ capture, dns }: Pick<ChosenOptions, 'capture' | 'dns'>): string => {
  if (dns === 'hosts') return 'in the hosts file'
  if (dns === 'resolved') return "systemd-resolved asks the cluster's DNS for its own names"
  if (capture === 'socks') return 'through the proxy'
  return 'none; --dns hosts would keep them in the hosts file, kube-portal hosts prints them'
}
