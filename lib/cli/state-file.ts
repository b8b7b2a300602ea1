import { machine } from '../host/machine.js'
import { StateFile } from '../proxy/state-file.js'

/** The file for our state: below `--state-dir`, else /run, else $XDG_RUNTIME_DIR, whichever can be written. */
export const stateFile = async ({ stateDir }: { readonly stateDir?: string }): Promise<StateFile> => {
  const system = '/run/kube-portal'
  const { XDG_RUNTIME_DIR: own } = process.env
  const found = own === undefined || (await machine.canWrite(system)) ? system : `${own}/kube-portal`
  return new StateFile(machine, stateDir ?? found)
}
