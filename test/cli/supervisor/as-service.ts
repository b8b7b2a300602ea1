/** An ordinary user. */
export const serviceUser = 65_534

const capabilities = ['net_admin', 'net_raw', 'net_bind_service'].map(name => `+${name}`).join(',')

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
