import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Output, RunOptions } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { succeed } from '../../lib/sandbox/network/command.js'

/** Where the laptop has its own things, which end with the namespace. */
const own = '/run/laptop'
const bin = `${own}/bin`
/** Read there, so that the folders above it need not be open to everybody. */
const repository = `${own}/kube-portal`
/** The file of kube-portal that Node runs. */
export const program = `${repository}/dist/bin/kube-portal.js`
const path = `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`

/** `sudo`: the ordinary user, by sudo. */
export type Who = 'root' | 'user' | 'sudo'

export const user = { name: 'dev', uid: 1000, home: '/home/dev', runtime: '/run/user/1000' }
const rootHome = `${own}/root`

/** Where the user has his kubeconfig. */
export const kubeconfigFile = `${user.home}/.kube/config`

const variables = (home: string, name: string): readonly string[] => [
  ...['env', '-i', `PATH=${path}`, `HOME=${home}`, `USER=${name}`, 'TERM=xterm', 'LANG=C.UTF-8'],
]

const asUser = [
  'setpriv',
  ...[`--reuid=${user.uid}`, `--regid=${user.uid}`, '--clear-groups'],
  ...[...variables(user.home, user.name), `XDG_RUNTIME_DIR=${user.runtime}`],
]

const runners: Readonly<Record<Who, readonly string[]>> = {
  root: variables(rootHome, 'root'),
  user: asUser,
  sudo: [...asUser, 'sudo', '--non-interactive'],
}

/** What makes a command somebody's. */
export const runnerOf = (who: Who): readonly string[] => runners[who]

/** Runs a command on the laptop to its end. */
export const runAs = (
  who: Who,
  command: readonly string[],
  options: Partial<RunOptions> = {},
): Promise<Output> => {
  const [program = '', ...args] = [...runners[who], ...command]
  return machine.run(program, args, { timeout: seconds(20), ...options })
}

const ownedByUser = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await chown(folder, user.uid, user.uid)
}

/** Accounts and sudo's rules, in a copy of /etc, where a file can be replaced as on any machine. */
const makeAccounts = async (): Promise<void> => {
  await succeed(machine, ['cp', '--archive', '/etc', `${own}/etc`])
  await succeed(machine, ['mount', '--bind', `${own}/etc`, '/etc'])
  const { name, uid, home } = user
  await writeFile(
    '/etc/passwd',
    `root:*:0:0::${rootHome}:/bin/sh\n${name}:*:${uid}:${uid}::${home}:/bin/sh\n`,
  )
  await writeFile('/etc/group', `root:x:0:\n${name}:x:${uid}:\n`)
  await mkdir('/etc/sudoers.d', { recursive: true })
  for (const file of await readdir('/etc/sudoers.d')) await rm(`/etc/sudoers.d/${file}`)
  await writeFile(
    '/etc/sudoers',
    `Defaults env_reset, use_pty, secure_path="${path}"\n${name} ALL=(ALL) NOPASSWD: ALL\n`,
  )
  await chmod('/etc/sudoers', 0o440)
  await writeFile(
    '/etc/hosts',
    `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname()}\n\n# mine\n192.0.2.80 printer\n`,
  )
}

/** What `kind create cluster` does has been done; it only says so. */
const kind = `#!/bin/sh
echo 'Set kubectl context to "kind-kind"'
`

/** `kube-portal` in the PATH, as after `npm install --global`. */
const installKubePortal = async (): Promise<void> => {
  await mkdir(bin)
  await mkdir(repository)
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  await succeed(machine, ['mount', '--bind', root, repository])
  const script = `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`
  await writeFile(`${bin}/kube-portal`, script, { mode: 0o755 })
  await writeFile(`${bin}/kind`, kind, { mode: 0o755 })
}

/** Makes this namespace, whose process 1 is root, a laptop with a user, and gives him a kubeconfig. */
export const furnish = async (kubeconfig: string): Promise<void> => {
  // On a laptop only root may write there; where the tests run, everybody.
  await chmod('/run', 0o755)
  await mkdir(rootHome, { recursive: true })
  await makeAccounts()
  await installKubePortal()
  await succeed(machine, ['mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/home'])
  for (const folder of [user.home, user.runtime, `${user.home}/.kube`]) await ownedByUser(folder)
  await writeFile(kubeconfigFile, kubeconfig, { mode: 0o600 })
  await chown(kubeconfigFile, user.uid, user.uid)
}
