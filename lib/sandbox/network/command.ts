import { errorCode, errorText } from '../../model/error-text.js'
import { Failure } from '../../model/failure.js'
import { seconds } from '../../model/milliseconds.js'
import type { Host, Output } from '../../host/host.js'

const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  tee: 'coreutils',
  mount: 'mount (util-linux)',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
}

/** Runs a program of the system. Throws a `Failure` that names its package when it is not there. */
export const attempt = async (
  host: Host,
  [program = '', ...args]: readonly string[],
  input = '',
): Promise<Output> => {
  try {
    return await host.run(program, args, { timeout: seconds(10), input })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    const cure = `install the package ${packages[program] ?? program}`
    throw new Failure('missing', `there is no program ${program}`, { cure, cause: error })
  }
}

/** Runs a program that has to succeed. Throws otherwise, with what it said. */
export const succeed = async (host: Host, command: readonly string[], input = ''): Promise<void> => {
  const { code, stderr } = await attempt(host, command, input)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${errorText(stderr)}`)
}
