import { errorCode } from '../../model/error-text.js'
import { objectIn } from '../../model/json.js'
import { seconds } from '../../model/milliseconds.js'
import type { Host } from '../host.js'

/** This process's own limit, which Node has raised as far as it may; `unlimited` where only the kernel has one. */
const softLimit = (): number => {
  const { userLimits } = objectIn(process.report.getReport())
  const { soft } = objectIn(objectIn(userLimits).open_files)
  return typeof soft === 'number' ? soft : Infinity
}

const kernelLimit = async (host: Host): Promise<number> => {
  try {
    const { stdout } = await host.run('sysctl', ['-n', 'kern.maxfilesperproc'], { timeout: seconds(5) })
    return /^\d+$/.test(stdout.trim()) ? Number(stdout) : Infinity
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return Infinity
  }
}

/** How many files and sockets a process may have open: the kernel takes the lower one of its own limit and the process's. */
export const darwinOpenFileLimit = async (host: Host, own: () => number = softLimit): Promise<number> =>
  Math.min(own(), await kernelLimit(host))

/** What to do about a limit that is too low. */
export const moreOnDarwin =
  'ulimit -n 20000 in the shell; beyond what the kernel lets: sudo sysctl -w kern.maxfilesperproc=20000'
