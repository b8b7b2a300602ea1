import { isOf } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import type { Stage } from '../services/stage.js'

/** Has kube-portal taken over from by a new process. Resolves, when that serves, with the moment it began. */
export const reload = async ({ portal }: Stage): Promise<number> => {
  const from = portal.now()
  process.kill(portal.pid ?? 0, 'SIGHUP')
  await portal.event('a takeover', isOf('took-over'), from)
  await portal.event('the end of the old one', isOf('handed-over'), from)
  return from
}

/** Whether the process runs. Who has ended, and whose end nobody has taken note of, does not. */
export const isAlive = async (pid: number): Promise<boolean> => {
  const status = await machine.readFile(`/proc/${pid}/status`)
  return status !== undefined && !status.includes('State:\tZ')
}
