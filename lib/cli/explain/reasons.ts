/** What to do where a reason that kube-portal gives has such a word in it. */
const cures: readonly (readonly [RegExp, string])[] = [
  [
    /headless/,
    'nothing is wrong: its name has the addresses of its pods in DNS; for one address of its own, give it a cluster IP',
  ],
  [/ExternalName/, 'nothing is wrong: its name has another name in DNS'],
  [/its label/, 'take that label away, if kube-portal is to serve it'],
  [/SCTP/, 'use TCP or UDP: Node has no sockets for SCTP'],
  [
    /EADDRINUSE/,
    'end the program that has the port (ss -lptun shows it), or choose another one; it is tried again with each sync',
  ],
  [/EACCES|EPERM/, 'run kube-portal as root, or with CAP_NET_BIND_SERVICE'],
  [
    /EMFILE|descriptor|too few files|too many connections|its share/,
    'raise the open-file limit: LimitNOFILE= in its unit, or ulimit -n',
  ],
  [/next sync/, 'wait a moment, and ask again'],
  [/forbidden|unauthorized/i, 'give its account the right that is named: see the ClusterRole in its log'],
  [/locked|iptables|timed out/, 'see what keeps iptables: who holds its lock, and whether it works by hand'],
]

/** What to do about a reason that kube-portal gave. What it says itself to do is best. */
export const cureFor = (reason: string, otherwise: string): string => {
  const [, said] = /; what to do: (.*)$/s.exec(reason) ?? []
  return said ?? cures.find(([pattern]) => pattern.test(reason))?.[1] ?? otherwise
}

/** The reason without what it says to do. */
export const bareReason = (reason: string): string => reason.replace(/; what to do: .*$/s, '')
