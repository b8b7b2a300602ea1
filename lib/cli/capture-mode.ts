import type { ServiceRoutes } from '../capture/allowed-routes.js'
import { availableFamilies } from '../capture/available-families.js'
import type { BackendKind } from '../capture/backend.js'
import type { Capture, RulesInForce } from '../capture/capture.js'
import { type BackendChoice, chooseBackend } from '../capture/choose-backend.js'
import { Iptables } from '../capture/iptables.js'
import type { CapturedBy } from '../capture/leftovers.js'
import { LocalRoutes } from '../capture/local-routes.js'
import { NoCapture } from '../capture/no-capture.js'
import { Pace } from '../capture/pace.js'
import { RoutedCapture } from '../capture/routed-capture.js'
import { dnat, redirect, type Target } from '../capture/target.js'
import { connectedAddresses } from '../host/connected-addresses.js'
import type { Host } from '../host/host.js'
import { errorCode, errorText } from '../model/error-text.js'
import type { Report } from '../model/event.js'
import { anyAddress, familiesAmong, type Family, type IpAddress } from '../model/ip-address.js'
import { seconds } from '../model/milliseconds.js'
import type { Log } from '../observe/log.js'
import { heldPlaces, noPlaces, type Places } from '../proxy/places.js'
import { PortalPlaces } from '../proxy/portal-places.js'
import type { CaptureChoice, NodeOptions } from './options/node.js'
import { loopback } from './loopback.js'
import { realClock as clock } from './real-clock.js'

/** The addresses of this machine that captured packets come to. */
export interface Arrivals {
  readonly tcp: Readonly<Record<Family, IpAddress>>
  /** Each with a socket of its own, so that answers leave from where they were asked. */
  readonly udp: () => readonly IpAddress[]
}

/** How clients get to our listeners, and so where those are. */
export interface CaptureMode {
  readonly capture: Capture
  /** Absent where there are none. */
  readonly rules?: () => readonly RulesInForce[]
  /** Those in which this machine can do it. */
  readonly families: readonly Family[]
  readonly arrivals: Arrivals
  readonly places: Places
  /** What it leaves on this machine; undefined: nothing. */
  readonly by?: CapturedBy
  /** Whether it routes Services' addresses to this machine, as far as is known by now. */
  readonly isRouted?: () => boolean
  /** See `RoutedCapture`: to be called once that is known, and before anything is changed. */
  readonly checkRoutes?: RoutedCapture['check']
}

export interface CaptureModeParts {
  readonly host: Host
  readonly options: NodeOptions & { readonly capture: CaptureChoice }
  /** This machine's. */
  readonly addresses: () => readonly IpAddress[]
  /** Which of Services' addresses to route to this machine, where rules capture; absent: none. */
  readonly serviceRoutes?: () => ServiceRoutes
  readonly log: Log
  readonly report: Report
}

const noRoutes: ServiceRoutes = { on: false, ranges: [], allowOverlap: false, apiServers: [] }

/** The audit looks more often. Where it cannot, syncs look for themselves. */
const memory = { clock, span: seconds(10) }

/** However many changes there are. A lone change takes up to four: for the guard and the rules of two families. */
const restoresPerSecond = 5

const arrivingAt = (tcp: Readonly<Record<Family, IpAddress>>): Arrivals => {
  const udp = Object.values(tcp)
  return { tcp, udp: () => udp }
}

/** The iptables to use, once its programs answer. */
const backendInTime = async (
  { host, log }: CaptureModeParts,
  forced: BackendKind | undefined,
): Promise<BackendChoice> => {
  for (let attempt = 1; ; attempt++)
    try {
      return await chooseBackend(host, forced)
    } catch (error) {
      if (errorCode(error) !== 'ETIMEDOUT') throw error
      if (attempt === 1) log.warn(`waiting for iptables: ${errorText(error)}; see what keeps it from ending`)
      await new Promise<void>(resolve => void clock.after(seconds(1), resolve))
    }
}

interface ByIptables {
  readonly target: Target
  readonly arrivals: Arrivals
}

const byIptables = async (
  parts: CaptureModeParts,
  { target, arrivals }: ByIptables,
): Promise<CaptureMode> => {
  const { host, options, addresses, serviceRoutes = () => noRoutes, log, report } = parts
  const { iptablesBackend, nodeportAddresses = [] } = options
  const forced: BackendKind | undefined = iptablesBackend === 'auto' ? undefined : iptablesBackend
  const { backend, warning } = await backendInTime(parts, forced)
  if (warning !== undefined) log.warn(warning)
  const { families, unavailable } = await availableFamilies(host, backend)
  for (const { family, reason } of unavailable) log.info(`${family} is not served: ${reason}`)
  const inner = new Iptables({
    ...{ host, backend, families, target, addresses, report, memory },
    pace: new Pace(clock, restoresPerSecond),
  })
  const capture = new RoutedCapture({
    ...{ host, families, inner, routes: serviceRoutes, report },
    connected: () => connectedAddresses(host),
  })
  return {
    capture,
    rules: () => inner.rules,
    isRouted: () => serviceRoutes().on,
    checkRoutes: served => capture.check(served),
    ...{ families, arrivals },
    by: { kind: 'rules', backend: backend.kind, target },
    places: heldPlaces({ addresses, nodePortAddresses: nodeportAddresses }),
  }
}

const byListening = async ({ host, options, addresses, report }: CaptureModeParts): Promise<CaptureMode> => {
  const { nodeportAddresses: nodePortAddresses = [] } = options
  const families = familiesAmong(addresses())
  const capture = new LocalRoutes({
    ...{ host, families, report },
    connected: () => connectedAddresses(host),
  })
  await capture.look()
  const portalPlaces = new PortalPlaces({ addresses, nodePortAddresses, routes: capture, report })
  const places: Places = (portal, servicePort, snapshot) => portalPlaces.of(portal, servicePort, snapshot)
  return { capture, families, arrivals: arrivingAt(loopback), places, by: { kind: 'addresses' } }
}

/**
 * What `--capture` means on this machine; says what is to be said about it. Rejects with a Failure `missing` where that cannot
 * be done here.
 */
export const captureMode = async (parts: CaptureModeParts): Promise<CaptureMode> => {
  const { options, addresses } = parts
  switch (options.capture) {
    case 'redirect':
      // Redirected packets come to an interface's own address, so the listeners are on all of them; the guard turns away
      // whoever comes without having been redirected.
      return byIptables(parts, { target: redirect, arrivals: { tcp: anyAddress, udp: addresses } })
    case 'dnat':
      return byIptables(parts, { target: dnat, arrivals: arrivingAt(dnat.addresses) })
    case 'bind':
      return byListening(parts)
    case 'socks':
    case 'none':
      return {
        capture: new NoCapture(),
        ...{ families: familiesAmong(addresses()), arrivals: arrivingAt(loopback), places: noPlaces },
      }
  }
}
