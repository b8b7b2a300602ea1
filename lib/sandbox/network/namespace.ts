import { errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import type { Host } from '../../host/host.js'
import { attempt, succeed } from './command.js'

/** Who starts the namespace: root needs no user namespace, and so works where those are forbidden. */
export interface Starter {
  readonly uid: number
}

/**
 * The command that runs `command` as root, and as process 1, of a network, a mount and a process namespace of its
 * own. All that ever ran in them ends with their process 1, and that one with its starter, even when that is
 * killed. `command` is to call `settle` first.
 */
export const namespaceCommand = (
  command: readonly string[],
  { uid }: Starter,
): readonly [string, ...string[]] => [
  'setpriv',
  ...['--pdeathsig', 'SIGKILL'],
  ...['unshare', ...(uid === 0 ? [] : ['--map-root-user'])],
  ...['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...command,
]

/** Makes fresh namespaces fit to live in: loopback is up, and /run is empty and private. */
export const settle = async (host: Host): Promise<void> => {
  // Anywhere else this would hide the machine's own /run.
  if (process.pid !== 1) throw new Error('settle() is for the first process of a namespace')
  // xtables' lock and `ip netns` are in /run, which an ordinary user may not write.
  await succeed(host, ['mount', '-t', 'tmpfs', 'tmpfs', '/run'])
  await succeed(host, ['ip', 'link', 'set', 'lo', 'up'])
}

const forbidden = [
  { name: 'kernel.apparmor_restrict_unprivileged_userns', value: '1', cure: '0' },
  { name: 'kernel.unprivileged_userns_clone', value: '0', cure: '1' },
  { name: 'user.max_user_namespaces', value: '0', cure: '10000' },
] as const

const cureFor = async (host: Host, { uid }: Starter): Promise<string> => {
  if (uid === 0) return 'run it outside of the container, or in a privileged one'
  for (const { name, value, cure } of forbidden) {
    const now = await host.readFile(`/proc/sys/${name.replaceAll('.', '/')}`)
    if (now?.trim() === value) return `run it with sudo, or once: sudo sysctl -w ${name}=${cure}`
  }
  return 'run it with sudo'
}

/** Why there can be no namespace for `starter` here, with a cure; undefined when there can. */
export const whyNoNamespace = async (host: Host, starter: Starter): Promise<Failure | undefined> => {
  try {
    const probe = namespaceCommand(['ip', 'link', 'set', 'lo', 'up'], starter)
    const { code, stderr } = await attempt(host, probe)
    if (code === 0) return undefined
    const cure = await cureFor(host, starter)
    return new Failure('missing', `no namespace of our own here: ${errorText(stderr)}`, { cure })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
