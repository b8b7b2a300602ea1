import type { Host } from '../host/host.js'
import { machine } from '../host/machine.js'
import { withoutFiles } from '../host/without-files.js'
import { type StateFolder, stateFolder } from '../proxy/saved/state-folder.js'
import { type CaptureChoice, mayChangeMachine } from './options/node.js'

interface StateOptions {
  readonly stateDir?: string
  readonly capture?: CaptureChoice
}

const system = '/run/kube-portal'

/** Where we have files: `--state-dir`, else in /run, else in $XDG_RUNTIME_DIR, whichever can be written. */
export const statePath = async ({ stateDir }: Pick<StateOptions, 'stateDir'>): Promise<string> => {
  if (stateDir !== undefined) return stateDir
  const { XDG_RUNTIME_DIR: own } = process.env
  return own === undefined || (await machine.canWrite(system)) ? system : `${own}/kube-portal`
}

/** Where a run may have its files, the likeliest first: who asks it need not be who started it. */
export const likelyStatePaths = ({ stateDir }: Pick<StateOptions, 'stateDir'>): readonly string[] => {
  if (stateDir !== undefined) return [stateDir]
  const { XDG_RUNTIME_DIR: own } = process.env
  return own === undefined ? [system] : [system, `${own}/kube-portal`]
}

/** The folder for our state, at `statePath`. */
export const state = async (
  { stateDir, capture }: StateOptions,
  host: Host = machine,
): Promise<StateFolder> => {
  // No rule leads to its local ports; and it may run beside an instance whose folder this is.
  if (capture !== undefined && !mayChangeMachine(capture)) return stateFolder(withoutFiles, system)
  return stateFolder(host, await statePath(stateDir === undefined ? {} : { stateDir }))
}
