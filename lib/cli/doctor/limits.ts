import { moreOnDarwin } from '../../host/darwin/open-files.js'
import { openFileLimit } from '../../host/open-files.js'
import { type Check, unwise, well, wrong } from './finding.js'

const plenty = 20_000
const least = 1024

/** Whether enough files may be open: a connection takes two. */
export const openFiles: Check = async ({ host }) => {
  const limit = await openFileLimit(host)
  const text = `${limit} may be open: room for ${Math.floor(limit / 2)} connections at once`
  const cure =
    host.platform === 'darwin'
      ? moreOnDarwin
      : `ulimit -n ${plenty} in the shell, LimitNOFILE= in a systemd unit`
  if (limit < least)
    return [wrong('open files', `no more than ${limit} may be open, it takes ${least}`, cure)]
  return [limit < plenty ? unwise('open files', text, cure) : well('open files', text)]
}

const tooFull = 0.8

/** Whether the kernel has room to remember connections: each through a portal takes two entries. */
export const conntrackTable: Check = async ({ host }) => {
  const what = 'conntrack'
  const [used, most] = await Promise.all(
    ['count', 'max'].map(async name =>
      Number(await host.readFile(`/proc/sys/net/netfilter/nf_conntrack_${name}`)),
    ),
  )
  // Not loaded before the first rule that needs it; nor seen in a namespace that is not the first.
  if (!used || !most || Number.isNaN(used) || Number.isNaN(most)) return []
  const text = `${used} of ${most} entries are taken`
  return [
    used > most * tooFull
      ? wrong(
          what,
          `${text}: beyond that, new connections are dropped`,
          'sysctl net.netfilter.nf_conntrack_max=N',
        )
      : well(what, text),
  ]
}
