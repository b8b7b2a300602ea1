import type { LockFile } from '../control/instance-lock.js'
import { machine } from '../host/machine.js'
import { placeSocket, prepareSocket } from '../host/socket-file.js'
import { systemFolder } from './state.js'

/** Where the lock of this machine is, wherever else a run has its files; undefined where it needs none, as on Linux. */
export const lockFile: LockFile | undefined =
  machine.platform === 'darwin'
    ? {
        path: `${systemFolder}/lock.sock`,
        files: { prepareSocket, placeSocket },
        remove: path => machine.removeFile(path),
      }
    : undefined
