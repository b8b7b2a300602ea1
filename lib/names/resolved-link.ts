import type { Host, Output } from '../host/host.js'
import { errorCode } from '../model/error-text.js'
import { Failure } from '../model/failure.js'
import type { IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'

/*
 * systemd-resolved could not be run where this was written: the commands are those of resolvectl(1), its answers those that others
 * recorded; see test/names/resolved-link.test.ts. What was tried is what resolved does with a link: a UDP socket with IP_UNICAST_IF
 * on one like ours (a veth, as the kernel had no dummy) is redirected in OUTPUT, and answered, with and without a route.
 */

/** A link of our own, as resolved takes no servers for lo: "Link lo is loopback device". */
export const resolvedLink = 'kube-portal0'

/** resolved takes a link's servers only where the link has an address. This one is of TEST-NET-3 (RFC 5737): nobody is there. */
const linkAddress = '203.0.113.254/32'

const timeout = seconds(10)

const enable = 'systemctl enable --now systemd-resolved, or use --dns hosts'

/** What says that nobody answers on the bus. */
const notRunning =
  /resolve1\.service not found|Could not activate remote peer|Failed to connect to bus|not provided by any/

export interface SplitDns {
  /** Of the cluster's DNS Service, as it is captured. */
  readonly server: IpAddress
  /** Whose names it is asked for, and no others. */
  readonly domain: string
}

const attempt = async (
  host: Pick<Host, 'run'>,
  [program, ...args]: readonly [string, ...string[]],
): Promise<Output> => {
  try {
    return await host.run(program, args, { timeout })
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') throw cause
    const cure =
      program === 'resolvectl'
        ? 'install systemd-resolved, or use --dns hosts'
        : 'install the package iproute2'
    throw new Failure('missing', `there is no program ${program} here`, { cure, cause })
  }
}

const succeed = async (host: Pick<Host, 'run'>, command: readonly [string, ...string[]]): Promise<void> => {
  const { code, stderr } = await attempt(host, command)
  if (code === 0) return
  const said = stderr.trim()
  if (notRunning.test(said))
    throw new Failure('missing', `systemd-resolved does not run: ${said}`, { cure: enable })
  throw new Failure('failed', `${command.join(' ')}: ${said}`, { cure: 'use --dns hosts' })
}

/** Rejects with a Failure `missing` where systemd-resolved is not there, or does not run. Changes nothing. */
export const checkResolved = (host: Pick<Host, 'run'>): Promise<void> =>
  succeed(host, ['resolvectl', 'status'])

/** Has systemd-resolved ask the cluster's DNS Service for the cluster's names. Rejects with a Failure. */
export const openLink = async (
  host: Pick<Host, 'run' | 'readFile'>,
  { server, domain }: SplitDns,
): Promise<void> => {
  await removeLink(host)
  const commands = [
    ['ip', 'link', 'add', resolvedLink, 'type', 'dummy'],
    ['ip', 'address', 'add', linkAddress, 'dev', resolvedLink],
    ['ip', 'link', 'set', resolvedLink, 'up'],
    ['resolvectl', 'dns', resolvedLink, server],
    ['resolvectl', 'domain', resolvedLink, `~${domain}`],
    ['resolvectl', 'default-route', resolvedLink, 'false'],
  ] as const
  try {
    for (const command of commands) await succeed(host, command)
  } catch (error) {
    await removeLink(host)
    throw error
  }
}

/** Takes the link away, whichever run left it, and with it what resolved knows of it. Resolves with what was removed, a line each. */
export const removeLink = async (host: Pick<Host, 'run' | 'readFile'>): Promise<readonly string[]> => {
  if ((await host.readFile(`/sys/class/net/${resolvedLink}/ifindex`)) === undefined) return []
  await succeed(host, ['ip', 'link', 'delete', resolvedLink])
  return [`the link ${resolvedLink}, by which systemd-resolved asks the cluster's DNS`]
}
