const capabilities = ['net_admin', 'net_raw', 'net_bind_service'].map(name => `+${name}`).join(',')

/** Becomes what the DaemonSet in examples/daemonset makes of a program: root, with three capabilities of root's. */
export const asContainer: readonly string[] = [
  ...['setpriv', '--no-new-privs', '--bounding-set', `-all,${capabilities}`],
  ...['--inh-caps', `-all,${capabilities}`],
]
