/** An ordinary user. */
export const serviceUser = 65_534

/** What it may do beside that, as the unit has it. */
export const serviceCapabilities = ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_NET_BIND_SERVICE']

const capabilities = serviceCapabilities.map(name => name.toLowerCase().replace('cap_', '+')).join(',')

/** Becomes what the unit in examples/systemd makes of a program: that of an ordinary user, with three capabilities. */
export const asService: readonly string[] = [
  ...[
    'setpriv',
    '--reuid',
    `${serviceUser}`,
    '--regid',
    `${serviceUser}`,
    '--clear-groups',
    '--no-new-privs',
  ],
  ...['--bounding-set', `-all,${capabilities}`, '--inh-caps', `-all,${capabilities}`],
  ...['--ambient-caps', `-all,${capabilities}`],
  // What tap has every Node do writes where this user may not.
  ...['env', '--unset=NODE_OPTIONS'],
]
