import type { WantedPlace } from '../../capture/found-rules.js'
import { traceLineIn } from '../../control/trace-line.js'
import type { Platform } from '../../host/host.js'
import type { Clock } from '../../model/clock.js'
import { endpointText } from '../../model/endpoint.js'
import { errorCode, errorText } from '../../model/error-text.js'
import { milliseconds, seconds } from '../../model/milliseconds.js'
import { knock } from '../../reach/knock.js'
import { asked } from '../asked.js'
import { type Finding, note, problem, well } from './finding.js'
import { cureFor } from './reasons.js'

export interface PortalQuestion {
  readonly place: WantedPlace
  /** `NAMESPACE/NAME`. */
  readonly service: string
  readonly options: { readonly stateDir?: string }
  readonly clock: Clock
  readonly platform: Platform
}

/** All that a dial may take: four attempts, 3.75 s, and the SYN to the portal. */
const patience = seconds(6)
const longestConnect = milliseconds(2750)

const firewall =
  'see whether rules in INPUT or OUTPUT do that, or nat rules before KUBE-PORTALS-HOST: iptables-save'

const onLinux: Readonly<Record<string, string>> = {
  ENETUNREACH:
    'add a default route, or one to the cluster IPs: without one no packet gets as far as the rules',
  ETIMEDOUT: firewall,
  ECONNREFUSED: firewall,
  EHOSTUNREACH: firewall,
}

const lo0 =
  'see whether lo0 has the address: ifconfig lo0; with --capture bind, kube-portal gives it again within 10 s'

const onDarwin: Readonly<Record<string, string>> = {
  ...{ ENETUNREACH: lo0, ETIMEDOUT: lo0, ECONNREFUSED: lo0, EHOSTUNREACH: lo0 },
}

/** What to do where a portal cannot be connected to. */
export const connectCure = (code: string | undefined, platform: Platform): string =>
  (platform === 'darwin' ? onDarwin : onLinux)[code ?? ''] ?? 'see what the reason says'

const bypassed =
  'something translates Services before our rules do, an eBPF CNI or another service proxy: switch that off, or leave Services to it'

/** What becomes of the connection whose end at this machine is `local`, as kube-portal sees it. */
const outcomeOf = async (
  lines: AsyncIterable<unknown>,
  { local, where }: { readonly local: () => string; readonly where: string },
): Promise<Finding | undefined> => {
  let id: string | undefined
  let failures = 0
  for await (const value of lines) {
    const line = traceLineIn(value)
    if (line.kind !== 'step') continue
    if (line.step === 'accepted' && line.text === `from ${local()}`) id = line.id
    if (line.id !== id) continue
    if (line.step === 'failed') failures += 1
    if (line.step === 'connected') {
      const retries = failures === 0 ? '' : `; ${failures} failed before`
      return well('portal', `${where} led to ${line.text}${retries}`)
    }
    if (line.step === 'reset')
      return problem(
        'portal',
        `kube-portal reset the connection: ${line.text}`,
        cureFor(line.text, 'see its endpoints: kubectl get endpointslices'),
      )
  }
  return undefined
}

/** One that is reset at once was accepted before: kube-portal knows why. */
const ifReset = (error: unknown): void => {
  if (errorCode(error) !== 'ECONNRESET') throw error
}

/** Connects to the portal as a client of this machine does, and follows where that leads. */
export const portalFindings = async ({
  place,
  service,
  options,
  clock,
  platform,
}: PortalQuestion): Promise<readonly Finding[]> => {
  const where = endpointText(place)
  if (place.protocol !== 'TCP')
    return [note('portal', `${where} is not tried: nobody has to answer over UDP`)]
  const over = new AbortController()
  const timer = clock.after(patience, () => over.abort())
  let local = ''
  const lines = asked(`/trace?${new URLSearchParams({ service }).toString()}`, options, over.signal)
  // Its first line: from then on nothing is missed.
  await lines.next()
  const attempt = knock(place, {
    ...{ clock, timeout: longestConnect },
    opened: name => (local = endpointText(name)),
  })
  try {
    await attempt.answered.catch(ifReset)
    const outcome = await outcomeOf(lines, { local: () => local, where })
    const elsewhere = `a connection to ${where} was accepted by somebody else than kube-portal`
    return [outcome ?? problem('portal', elsewhere, bypassed)]
  } catch (error) {
    const cure = connectCure(errorCode(error), platform)
    return [problem('portal', `no connection to ${where}: ${errorText(error)}`, cure)]
  } finally {
    over.abort()
    timer.cancel()
    attempt.close()
    await lines.return()
  }
}
