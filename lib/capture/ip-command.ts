import type { Host } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'

export interface IpOptions {
  readonly host: Host
  readonly family: Family
}

const timeout = seconds(30)
const flags: Readonly<Record<Family, string>> = { IPv4: '-4', IPv6: '-6' }

const notRun = (cause: unknown): Failure =>
  errorCode(cause) === 'ENOENT'
    ? new Failure('missing', 'there is no program ip here', {
        cure: 'install it (apt-get install iproute2, dnf install iproute)',
        cause,
      })
    : new Failure('failed', `cannot run ip: ${errorText(cause)}`, { cure: 'it will be tried again', cause })

/**
 * Runs `ip` with `args`, and resolves with what it printed. Rejects with a Failure, `missing` when there is no such program,
 * or when it refuses.
 */
export const ip = async (
  { host, family }: IpOptions,
  args: readonly string[],
  input = '',
): Promise<string> => {
  const run = host.run('ip', [flags[family], ...args], { timeout, input })
  const { code, stdout, stderr } = await run.catch((error: unknown) => {
    throw notRun(error)
  })
  if (code === 0) return stdout
  const said = stderr.trim().split('\n')[0] ?? ''
  const command = input === '' ? `ip ${args.join(' ')}` : 'ip'
  throw new Failure('failed', `${command} refused: ${said === '' ? `it ended with code ${code}` : said}`, {
    cure: /not permitted/i.test(said) ? 'run as root, or with CAP_NET_ADMIN' : 'it will be tried again',
  })
}
