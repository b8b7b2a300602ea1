import { installedBackends } from '../capture/installed-backends.js'
import type { Host } from '../host/host.js'
import { checkPrivileges } from '../host/privileges.js'
import { Failure } from '../model/failure.js'
import { isSupervised } from './crash/on-crash.js'
import type { ChosenOptions, RunOptions } from './options.js'
import type { CaptureChoice } from './options/node.js'

/** What this machine, and our rights on it, allow. */
export interface CaptureFacts {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of who runs us; undefined where there are none. */
  readonly user: number | undefined
  readonly host: Host
}

/** How clients are led here, and why so where nobody asked for it. */
export interface ChosenCapture {
  readonly capture: CaptureChoice
  readonly why?: string
}

const whyUnprivileged = async (host: Host): Promise<string | undefined> => {
  try {
    await checkPrivileges(host, '')
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}

/**
 * What `auto` means here. A supervised process is a node agent, and says what it lacks instead of doing less; for somebody in front
 * of it, to run without privilege is just as good.
 */
export const captureFor = async ({ env, user, host }: CaptureFacts): Promise<ChosenCapture> => {
  if (isSupervised(env)) return { capture: 'redirect' }
  if (host.platform === 'darwin')
    return user === 0
      ? { capture: 'bind', why: 'macOS has no iptables' }
      : { capture: 'socks', why: 'only root may add addresses here' }
  const unprivileged = await whyUnprivileged(host)
  if (unprivileged !== undefined) return { capture: 'socks', why: unprivileged }
  const backends = await installedBackends(host, 'IPv4')
  return backends.length > 0 ? { capture: 'redirect' } : { capture: 'bind', why: 'there is no iptables here' }
}

/** The options with `auto` decided. */
export const withCapture = async (
  options: RunOptions,
  facts: CaptureFacts,
): Promise<{ readonly options: ChosenOptions; readonly why?: string }> => {
  if (options.capture !== 'auto') return { options: { ...options, capture: options.capture } }
  const { capture, why } = await captureFor(facts)
  return { options: { ...options, capture }, ...(why !== undefined && { why }) }
}
