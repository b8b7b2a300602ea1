import type { Host } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import type { Family } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'

export interface IpOptions {
  readonly host: Host
  readonly family: Family
}

// The kernel takes 1 ms to take one of 10,000 IPv6 addresses away.
const timeout = seconds(60)
const flags: Readonly<Record<Family, string>> = { IPv4: '-4', IPv6: '-6' }

const failedLine = /^Command failed -:(\d+)$/m

const notRun = (cause: unknown): Failure =>
  errorCode(cause) === 'ENOENT'
    ? new Failure('missing', 'there is no program ip here', {
        cure: 'install it (apt-get install iproute2, dnf install iproute)',
        cause,
      })
    : new Failure('failed', `cannot run ip: ${errorText(cause)}`, { cure: 'it will be tried again', cause })

const run = async ({ host, family }: IpOptions, args: readonly string[], input: string): Promise<string> => {
  const running = host.run('ip', [flags[family], ...args], { timeout, input })
  const { code, stdout, stderr } = await running.catch((error: unknown) => {
    throw notRun(error)
  })
  if (code === 0) return stdout
  const said = stderr.trim().split('\n')[0] ?? ''
  const line = input.split('\n')[Number(failedLine.exec(stderr)?.[1]) - 1]
  const reason = said === '' ? `it ended with code ${code}` : said
  throw new Failure('failed', `ip ${line ?? args.join(' ')} refused: ${reason}`, {
    cure: /not permitted/i.test(said) ? 'run as root, or with CAP_NET_ADMIN' : 'it will be tried again',
  })
}

/**
 * Runs `ip` with `args`, and resolves with what it printed. Rejects with a Failure, `missing` when there is no such program,
 * or when it refuses.
 */
export const ip = (options: IpOptions, args: readonly string[]): Promise<string> => run(options, args, '')

/** Does the same with many commands at once. What came before one that is refused is done. */
export const ipBatch = async (options: IpOptions, commands: readonly string[]): Promise<void> => {
  if (commands.length > 0) await run(options, ['-batch', '-'], commands.map(line => `${line}\n`).join(''))
}
