import type { PortalProcess } from '../../examples/demo/portal-process.js'

/** Its process id. Throws where it was never started: 0 would be our own process group. */
export const pidOf = ({ pid }: PortalProcess): number => {
  if (pid === undefined) throw new Error('kube-portal has no process id')
  return pid
}
