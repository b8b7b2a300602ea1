import type { Host } from '../host/host.js'
import { machine } from '../host/machine.js'
import { withoutFiles } from '../host/without-files.js'
import { type StateFolder, stateFolder } from '../proxy/saved/state-folder.js'
import { type CaptureChoice, mayChangeMachine } from './options/node.js'

interface StateOptions {
  readonly stateDir?: string
  readonly capture?: CaptureChoice
}

/** Where root has them, until the machine restarts. */
export const systemFolder = machine.platform === 'darwin' ? '/var/run/kube-portal' : '/run/kube-portal'

/** The folder of an ordinary user, who has one: for as long as he is logged in, or the machine runs. */
const ownFolder = (): string | undefined => {
  const { XDG_RUNTIME_DIR, TMPDIR } = process.env
  const own = XDG_RUNTIME_DIR ?? (machine.platform === 'darwin' ? TMPDIR?.replace(/\/$/, '') : undefined)
  return own === undefined ? undefined : `${own}/kube-portal`
}

/**
 * Where we have files: `--state-dir`, else in /run, else in $XDG_RUNTIME_DIR, whichever can be written; on macOS /var/run and
 * $TMPDIR.
 */
export const statePath = async ({ stateDir }: Pick<StateOptions, 'stateDir'>): Promise<string> => {
  if (stateDir !== undefined) return stateDir
  const own = ownFolder()
  return own === undefined || (await machine.canWrite(systemFolder)) ? systemFolder : own
}

/** Where a run may have its files, the likeliest first: who asks it need not be who started it. */
export const likelyStatePaths = ({ stateDir }: Pick<StateOptions, 'stateDir'>): readonly string[] => {
  if (stateDir !== undefined) return [stateDir]
  const own = ownFolder()
  return own === undefined ? [systemFolder] : [systemFolder, own]
}

/** The folder for our state, at `statePath`. */
export const state = async (
  { stateDir, capture }: StateOptions,
  host: Host = machine,
): Promise<StateFolder> => {
  // No rule leads to its local ports; and it may run beside an instance whose folder this is.
  if (capture !== undefined && !mayChangeMachine(capture)) return stateFolder(withoutFiles, systemFolder)
  return stateFolder(host, await statePath(stateDir === undefined ? {} : { stateDir }))
}
