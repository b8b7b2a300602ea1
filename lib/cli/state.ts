import type { Host } from '../host/host.js'
import { machine } from '../host/machine.js'
import { withoutFiles } from '../host/without-files.js'
import { type StateFolder, stateFolder } from '../proxy/saved/state-folder.js'
import type { CaptureChoice } from './options/node.js'

interface StateOptions {
  readonly stateDir?: string
  readonly capture?: CaptureChoice
}

/** The folder for our state: `--state-dir`, else in /run, else in $XDG_RUNTIME_DIR, whichever can be written. */
export const state = async (
  { stateDir, capture }: StateOptions,
  host: Host = machine,
): Promise<StateFolder> => {
  const system = '/run/kube-portal'
  // No rule leads to its local ports; and it may run beside an instance whose folder this is.
  if (capture === 'none') return stateFolder(withoutFiles, system)
  const { XDG_RUNTIME_DIR: own } = process.env
  const found = own === undefined || (await machine.canWrite(system)) ? system : `${own}/kube-portal`
  return stateFolder(host, stateDir ?? found)
}
