import type { Host } from '../host/host.js'
import { machine } from '../host/machine.js'
import { StateFile } from '../proxy/state-file.js'
import type { CaptureChoice } from './options/node.js'

interface StateOptions {
  readonly stateDir?: string
  readonly capture?: CaptureChoice
}

/** A machine that forgets. */
const withoutFiles: Host = {
  ...machine,
  readFile: () => Promise.resolve(undefined),
  writeFile: () => Promise.resolve(),
}

/** The file for our state: below `--state-dir`, else /run, else $XDG_RUNTIME_DIR, whichever can be written. */
export const stateFile = async ({ stateDir, capture }: StateOptions): Promise<StateFile> => {
  // No rule leads to its local ports; and it may run beside an instance whose file this is.
  if (capture === 'none') return new StateFile(withoutFiles, '')
  const system = '/run/kube-portal'
  const { XDG_RUNTIME_DIR: own } = process.env
  const found = own === undefined || (await machine.canWrite(system)) ? system : `${own}/kube-portal`
  return new StateFile(machine, stateDir ?? found)
}
