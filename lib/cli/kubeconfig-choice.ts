import { machine } from '../host/machine.js'
import type { KubeConfigChoice } from '../watch/kubeconfig.js'
import type { ClusterOptions } from './options/cluster.js'

/** The home folder of a user, as the system has it; undefined for a user that it does not know. */
const homeOf = async (user: string): Promise<string | undefined> => {
  const users = (await machine.readFile('/etc/passwd')) ?? ''
  const [line] = users.split('\n').filter(each => each.startsWith(`${user}:`))
  return line?.split(':')[5]
}

/** Where a kubeconfig may come from: what was said on the command line, and who runs this. */
export const kubeconfigChoice = async ({
  kubeconfig,
  context,
  master,
}: ClusterOptions): Promise<KubeConfigChoice> => {
  const { env } = process
  // Only where sudo made us root; a leftover of the variable in an ordinary shell means nothing.
  const caller = process.getuid?.() === 0 ? env.SUDO_USER : undefined
  const home = caller === undefined ? undefined : await homeOf(caller)
  return {
    kubeconfig,
    context,
    master,
    env,
    home: env.HOME,
    sudo: caller === undefined || home === undefined ? undefined : { user: caller, home },
    readFile: path => machine.readFile(path),
  }
}
