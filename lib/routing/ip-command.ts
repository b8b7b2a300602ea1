import type { Host, Output } from '../host/host.js'
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
const failedLines = new RegExp(failedLine, 'gm')
const forbidden = /not permitted/i

const notRun = (cause: unknown): Failure =>
  errorCode(cause) === 'ENOENT'
    ? new Failure('missing', 'there is no program ip here', {
        cure: 'install it (apt-get install iproute2, dnf install iproute)',
        cause,
      })
    : new Failure('failed', `cannot run ip: ${errorText(cause)}`, { cure: 'it will be tried again', cause })

const asLines = (commands: readonly string[]): string => commands.map(line => `${line}\n`).join('')

interface Work {
  readonly args: readonly string[]
  readonly input: string
}

const outputOf = ({ host, family }: IpOptions, { args, input }: Work): Promise<Output> =>
  host.run('ip', [flags[family], ...args], { timeout, input }).catch((error: unknown) => {
    throw notRun(error)
  })

const refusal = ({ args, input }: Work, { code, stderr }: Output): Failure => {
  const said = stderr.trim().split('\n')[0] ?? ''
  const line = input.split('\n')[Number(failedLine.exec(stderr)?.[1]) - 1]
  const reason = said === '' ? `it ended with code ${code}` : said
  return new Failure('failed', `ip ${line ?? args.join(' ')} refused: ${reason}`, {
    cure: forbidden.test(said) ? 'run as root, or with CAP_NET_ADMIN' : 'it will be tried again',
  })
}

const run = async (options: IpOptions, work: Work): Promise<string> => {
  const output = await outputOf(options, work)
  if (output.code !== 0) throw refusal(work, output)
  return output.stdout
}

/**
 * Runs `ip` with `args`, and resolves with what it printed. Rejects with a Failure, `missing` when there is no such program,
 * or when it refuses.
 */
export const ip = (options: IpOptions, args: readonly string[]): Promise<string> =>
  run(options, { args, input: '' })

/** Does the same with many commands at once. What came before one that is refused is done. */
export const ipBatch = async (options: IpOptions, commands: readonly string[]): Promise<void> => {
  if (commands.length > 0) await run(options, { args: ['-batch', '-'], input: asLines(commands) })
}

/**
 * Does the same, each command for itself: one that is refused does not harm the others. Resolves with how many were done;
 * rejects where we may do none of it.
 */
export const ipEach = async (options: IpOptions, commands: readonly string[]): Promise<number> => {
  if (commands.length === 0) return 0
  const work = { args: ['-force', '-batch', '-'], input: asLines(commands) }
  const output = await outputOf(options, work)
  const { code, stderr } = output
  if (code === 0) return commands.length
  if (forbidden.test(stderr) || !failedLine.test(stderr)) throw refusal(work, output)
  return commands.length - Array.from(stderr.matchAll(failedLines)).length
}
