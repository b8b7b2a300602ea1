import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { machine } from '../../../lib/host/machine.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { start, until } from '../stage/program.js'
import { clusterIp, type Services } from '../stage/services.js'
import type { Kind, Peer } from './peer.js'

const file = join(import.meta.dirname, '../../../bin/kube-portal.js')

// A failed dial is a line there; a soak fails many.
const logFile = '/run/bench/kube-portal.log'

const captured = async (): Promise<readonly Kind[]> => {
  const { stdout } = await machine.run('iptables-save', ['-t', 'nat'], { timeout: seconds(10) })
  const rules = stdout
    .split('\n')
    .filter(line => line.includes(`-A KUBE-PORTALS-CONTAINER -d ${clusterIp}/32`))
  return (['web', 'bulk', 'echo'] as const).filter(kind =>
    rules.some(rule => rule.includes(`default/bench:${kind}`)),
  )
}

export interface StartOptions {
  /** For Node itself; a script among them may talk to us. */
  readonly nodeArgs?: readonly string[]
  /** Of `kube-portal run`, beside those that it needs here. */
  readonly options?: readonly string[]
}

/** Starts `kube-portal run`, as a user would, and waits for its rules. It carries what it has rules for. */
export const startKubePortal = async (
  services: Services,
  { nodeArgs = [], options = [] }: StartOptions = {},
): Promise<Peer> => {
  const args = ['run', '--kubeconfig', services.kubeconfig, '--drain-timeout', '0', ...options]
  const log = await open(logFile, 'a')
  const command = [process.execPath, ...nodeArgs, file, ...args]
  const program = await start(command, { channel: 'ipc', stderr: log.fd })
  await log.close()
  try {
    await until("kube-portal's rules", async () => (await captured()).length > 0)
  } catch (error) {
    throw new Error(`kube-portal does not start: ${await readFile(logFile, 'utf8')}`, { cause: error })
  }
  return { name: 'kube-portal', address: clusterIp, carries: await captured(), program }
}
