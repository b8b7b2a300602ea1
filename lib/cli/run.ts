import { AddressWatch } from '../host/address-watch.js'
import { startNext } from '../host/channel.js'
import type { InstanceLock } from '../control/instance-lock.js'
import { localAddresses } from '../host/local-addresses.js'
import { machine } from '../host/machine.js'
import { Patience } from '../host/patience.js'
import { type Milliseconds, milliseconds, seconds } from '../model/milliseconds.js'
import { emptySnapshot } from '../model/snapshot.js'
import { Audit } from '../proxy/audit.js'
import { Succession } from '../takeover/succession.js'
import { afterHandOver } from './after-hand-over.js'
import { assemble } from './assemble.js'
import { captureMode } from './capture-mode.js'
import { checkPeriods } from './check-periods.js'
import type { Cluster } from './cluster.js'
import { exitCode } from './exit-code.js'
import { frontFor } from './first-screen/front-for.js'
import type { Front } from './front.js'
import { EventHub } from './event-hub.js'
import type { Inheritance } from './inheritance.js'
import { Observers } from './observers.js'
import { lockName } from './only-instance.js'
import type { ChosenOptions } from './options.js'
import { namesFor } from './names.js'
import { realClock as clock } from './real-clock.js'
import { controlServer } from './control.js'
import { Reached } from './reach/reached.js'
import { serviceRoutes } from './service-routes.js'
import { listenForSignals, type Signals } from './signals.js'
import { state } from './state.js'
import type { NotifySocket } from './supervisor/notify-socket.js'
import { Tidying } from './tidying.js'
import { UnnumberedNotice } from './unnumbered-notice.js'

/** When a stop is asked for before there is much to stop, what is under way may take so long. */
const beforeStop = milliseconds(250)

const until = (signal: AbortSignal): Promise<undefined> =>
  new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })

/** What a process has that is about to run. */
export interface RunRights {
  /** Absent where there may be several. */
  readonly lock?: InstanceLock | undefined
  readonly inheritance: Inheritance | undefined
  /** Absent: nobody wants to be told how we are. */
  readonly notifySocket?: NotifySocket | undefined
  /** Why clients are led here as they are; absent: because that is what is usual, or was asked for. */
  readonly whyCapture?: string | undefined
  /** Absent: what the options and the terminal ask for. */
  readonly front?: Front | undefined
  /** Absent: those that this process gets. */
  readonly signals?: Signals | undefined
}

/**
 * `kube-portal run`: proxies until it is asked to stop. Resolves with the exit code; rejects with a Failure when it cannot begin,
 * or not end well.
 */
export const run = async (options: ChosenOptions, rights: RunRights): Promise<number> => {
  const { lock, inheritance, notifySocket, whyCapture } = rights
  checkPeriods(options)
  const isFirst = inheritance === undefined
  const front = rights.front ?? frontFor(options)
  const observers = new Observers(options, { isFirst, notifySocket, front })
  const { log, metrics, live, tracers } = observers
  let cluster: Cluster | undefined
  const events = new EventHub(event => observers.note(event))
  const { report } = events
  report({
    ...{ type: 'capture-chosen', capture: options.capture },
    ...(whyCapture !== undefined && { why: whyCapture }),
  })
  const addresses = new AddressWatch({ read: localAddresses, clock })
  const patience = new Patience(clock)
  const host = patience.with(machine)
  const names = await namesFor(options, { host, report })
  const mode = await captureMode({
    ...{ host, options, addresses: () => addresses.current, log, report },
    serviceRoutes: () =>
      serviceRoutes({
        ...{ options, env: process.env, addresses: () => addresses.current },
        cluster: () => cluster,
      }),
  })
  const reached = new Reached(report)
  const tidying = new Tidying({
    ...{ host, mode, addresses: () => addresses.current, log, report },
    nodeRoutes: () => reached.chosen === 'routes',
  })
  const folder = await state(options)
  const source = (): Cluster['source'] | undefined => cluster?.source
  const { proxy, asked, connections, succeeded } = await assemble(options, {
    ...{ mode, addresses, folder, inheritance, metrics, source, report },
    ...{ reach: reached.reach, tracing: tracers },
    namespace: () => cluster?.namespace ?? 'default',
  })
  front?.follow(() => proxy.view, options)
  const control = await controlServer(options, {
    ...{ proxy, live, tracers, source, report },
    cluster: () => cluster?.context,
    reach: () => reached.chosen,
  })
  events.on('synced', () => {
    metrics.programmed(cluster?.source.takeTriggers() ?? [])
    tidying.begin()
  })
  if (options.capture === 'redirect') {
    const notice = new UnnumberedNotice(mode.families, report)
    events.on('synced', () => void notice.look())
  }
  if (names) {
    events.on('synced', () => names.update(proxy.servicePorts ?? []))
    // Whoever waited for that may say names at once.
    events.before('ready', () => names.hurry())
  }
  events.on('took-over', () => void control.open())
  const audit = new Audit({ capture: reached.keptWith(mode.capture), clock })
  const succession = new Succession({
    startNext: next => startNext({ ...next, variables: { ...next.variables, ...notifySocket?.variables } }),
    ...{ isFirst, succeeded, clock, report },
  })
  if (lock) succeeded.estate.addServer(lockName, lock.server)
  const signals =
    rights.signals ??
    listenForSignals({
      reload: () => succession.begin(),
      together: isFirst ? milliseconds(0) : seconds(1),
      clock,
    })
  const stopping = (): boolean => signals.first.aborted
  let askedAt: Milliseconds | undefined
  signals.first.addEventListener('abort', () => {
    askedAt = clock.now()
    patience.lasts(beforeStop)
  })
  try {
    observers.start(() => proxy.health)
    // Where there is a predecessor, it is still the one that serves, and that knows how it is.
    if (isFirst) await Promise.all([asked.start(), control.open()])
    const left = isFirst ? await folder.snapshot.load(report) : undefined
    const served = await proxy.resume(left ?? emptySnapshot)
    if (!stopping()) {
      // Loaded only by now: it takes half of the time of a start, in which clients would be refused.
      const { joinCluster } = await import('./join-cluster.js')
      const joined = await joinCluster(options, {
        ...{ host, families: mode.families, env: process.env, served, reached },
        checkRoutes: mode.checkRoutes,
        checksRivals: mode.by !== undefined && !options.force && isFirst,
        found: found => {
          cluster = found
          lock?.serves(found.context.name ?? found.context.server.host)
        },
        ...{ signal: signals.first, log, report },
      })
      proxy.start(joined)
      addresses.start(() => proxy.resync())
      audit.start(() => proxy.resync())
    }
    const successor =
      (await Promise.race([until(signals.first), succession.handedOver])) ?? (await succession.close())
    void audit.close()
    if (successor) {
      await names?.close()
      await lock?.leave()
      addresses.close()
      inheritance?.lifeline.close()
      await control.close('handed over')
      return await afterHandOver({ connections, successor, signals, report })
    }
    // Then all that there is, is our predecessor's.
    if (proxy.isTakingOver) return exitCode.failed
    await names?.remove()
    const { drainTimeout } = options
    const stop = { drainTimeout, hurry: signals.second, patience }
    try {
      await proxy.stop({ ...stop, ...(askedAt !== undefined && { asked: askedAt }) })
    } finally {
      await reached.remove()
    }
    return exitCode.well
  } finally {
    await succession.close()
    await names?.close()
    await tidying.close()
    addresses.close()
    await audit.close()
    await Promise.all([proxy.leave(), asked.close(), control.close('stopped')])
    await cluster?.source.close()
    await observers.close()
    patience.close()
    signals.close()
  }
}
