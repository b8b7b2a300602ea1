import { machine } from '../host/machine.js'
import type { Log } from '../observe/log.js'
import type { KubeConfigChoice } from '../watch/kubeconfig.js'
import { callerOf } from './caller.js'
import type { ClusterOptions } from './options/cluster.js'
import { realClock as clock } from './real-clock.js'
import { runPlugin } from './run-plugin.js'

/** Where a kubeconfig may come from: what was said on the command line, and who runs this. */
export const kubeconfigChoice = async (
  { kubeconfig, context, master }: ClusterOptions,
  log: Log,
): Promise<KubeConfigChoice> => {
  const { env } = process
  const caller = await callerOf(machine, { env, uid: process.getuid?.() })
  return {
    ...{ kubeconfig, context, master, env, home: env.HOME, sudo: caller },
    readFile: path => machine.readFile(path),
    plugins: {
      run: runPlugin({ host: machine, log, caller, path: env.PATH ?? '' }),
      ...{ clock, now: Date.now },
    },
  }
}
