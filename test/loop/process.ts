import { ServicePicker } from '../../lib/balancer/service-picker.js'
import type { Capture } from '../../lib/capture/capture.js'
import { Iptables } from '../../lib/capture/iptables.js'
import { Connections } from '../../lib/dataplane/connections.js'
import type { Host } from '../../lib/host/host.js'
import type { Clock } from '../../lib/model/clock.js'
import type { ProxyEvent, Report } from '../../lib/model/event.js'
import type { IpAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { portRange } from '../../lib/model/port-range.js'
import { emptySnapshot } from '../../lib/model/snapshot.js'
import { Audit } from '../../lib/proxy/audit.js'
import { Holders } from '../../lib/proxy/holders.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'
import { heldPlaces } from '../../lib/proxy/places.js'
import { Proxy } from '../../lib/proxy/proxy.js'
import { Keeper } from '../../lib/proxy/saved/keeper.js'
import { type StateFolder, stateFolder } from '../../lib/proxy/saved/state-folder.js'
import { ServedPorts } from '../../lib/proxy/served-ports.js'
import type { Source } from '../../lib/proxy/source.js'
import { ApiSource } from '../../lib/watch/api-source.js'
import type { ApiServer } from './api-server.js'
import { LimitedLife } from './limited-life.js'
import type { Programs } from './programs.js'
import type { Promises } from './promises.js'
import type { Sockets } from './sockets.js'
import type { Turns } from './turns.js'

/** What a process has around it. */
export interface Surroundings {
  readonly turns: Turns
  readonly server: ApiServer
  readonly programs: Programs
  readonly sockets: Sockets
  readonly addresses: () => readonly IpAddress[]
  readonly promises: Promises
}

const families = ['IPv4', 'IPv6'] as const

/** One run of the program, wired as `kube-portal run` wires it, from its start until it is stopped or killed. */
export class Process {
  readonly #around: Surroundings
  readonly #life: LimitedLife
  readonly #host: Host
  readonly #clock: Clock
  readonly #report: Report
  readonly #folder: StateFolder
  #source: ApiSource | undefined
  #proxy: Proxy | undefined
  #audit: Audit | undefined
  #stopping = false
  readonly events: ProxyEvent[] = []

  constructor(around: Surroundings) {
    this.#around = around
    const { turns, programs, promises } = around
    this.#life = new LimitedLife(turns.clock)
    this.#clock = this.#life.clock
    this.#report = event => {
      if (!this.#life.isOver) promises.heard(event)
      this.events.push(event)
    }
    // What was under way when the process was killed still comes to its end: that is somebody else's work.
    const host = programs.host({
      committed: (family, table) =>
        this.#life.isOver ? promises.disturbed(family) : promises.committed(family, table),
      refused: (family, reason) => {
        if (!this.#life.isOver) promises.refused(family, reason)
      },
      isGone: () => this.#life.isOver,
    })
    this.#host = this.#life.limited({
      ...host,
      run: (program, args, options) => {
        if (program.endsWith('restore') && this.#proxy && !this.#mayWrite) promises.wroteTooSoon()
        return host.run(program, args, options)
      },
    })
    this.#folder = stateFolder(this.#host, '/run')
  }

  /** Begins, and resolves when it follows the API server. */
  async start(): Promise<void> {
    const { promises, server } = this.#around
    const capture = this.#capture()
    const localPorts = new LocalPorts(
      portRange('14000-14049'),
      (await this.#folder.localPorts.load(this.#report)) ?? new Map(),
    )
    const proxy = this.#assemble(localPorts, capture)
    this.#proxy = proxy
    const saved = (await this.#folder.snapshot.load(this.#report)) ?? emptySnapshot
    await proxy.resume(saved)
    promises.resumed(saved, localPorts.entries())
    const source = new ApiSource({
      transport: server.transport(this.#clock),
      ...{ clock: this.#clock, random: () => 0.5, report: this.#report },
      translation: { nodeName: 'worker', families, serviceCidrs: [] },
    })
    this.#source = source
    proxy.start(this.#watched(source))
    this.#audit = new Audit({ capture, clock: this.#clock })
    this.#audit.start(() => proxy.resync())
  }

  /** Asks for a sync, as a change of this machine's addresses does. */
  resync(): void {
    this.#proxy?.resync()
  }

  /** Stops as a signal makes it stop. Resolves with whether all of it could be done; in any case, it has ended. */
  async stop(): Promise<boolean> {
    const proxy = this.#proxy
    if (!proxy) throw new Error('it has not begun')
    this.#stopping = true
    this.#around.promises.stopping()
    void this.#audit?.close()
    const stopped = await proxy.stop({ drainTimeout: seconds(5), hurry: new AbortController().signal }).then(
      () => true,
      () => false,
    )
    await proxy.leave()
    await this.#source?.close()
    this.#end()
    return stopped
  }

  /** Ends at once, and with it its listeners; not the programs that it runs. */
  kill(): void {
    this.#end()
    this.#around.sockets.drop()
  }

  #end(): void {
    this.#life.end()
    this.#around.server.hangUp()
  }

  get #mayWrite(): boolean {
    return this.#stopping || this.#source?.ready === true
  }

  #watched(source: ApiSource): Source {
    const { promises } = this.#around
    return {
      start: changed => source.start(changed),
      snapshot: () => {
        const snapshot = source.snapshot()
        if (!this.#life.isOver) promises.saw(snapshot)
        return snapshot
      },
      close: () => source.close(),
    }
  }

  #capture(): Capture {
    const { promises, addresses } = this.#around
    const iptables = new Iptables({
      ...{ host: this.#host, families, addresses, report: this.#report },
      backend: { kind: 'nft', infix: '-nft' },
      memory: { clock: this.#clock, span: seconds(10) },
    })
    return {
      prepare: preparation => iptables.prepare(preparation),
      apply: async (wanted, except = []) => {
        const applied = await iptables.apply(wanted, except)
        const failed = [...except, ...applied.failures.map(({ family }) => family)]
        if (!this.#life.isOver && !this.#stopping) promises.applied(wanted, failed)
        return applied
      },
      isIntact: () => iptables.isIntact(),
      standing: portals => iptables.standing(portals),
      remove: () => iptables.remove(),
    }
  }

  #assemble(localPorts: LocalPorts, capture: Capture): Proxy {
    const { sockets, addresses } = this.#around
    const [clock, report, folder] = [this.#clock, this.#report, this.#folder]
    const listen = this.#life.limitedCall(sockets.listen.bind(sockets))
    return new Proxy({
      ...{ capture, localPorts, clock, report },
      served: new ServedPorts({
        ...{ localPorts, listen, addresses, report },
        holders: new Holders({ listen, report }),
        places: heldPlaces({ addresses, nodePortAddresses: [] }),
        prepare: preparation => capture.prepare(preparation),
        newPicker: () => new ServicePicker({ clock, random: () => 0 }),
      }),
      connections: new Connections(),
      keeper: new Keeper({ folder, localPorts, clock, report }),
      openPorts: () => [],
      healthChecks: { open: [], update: () => Promise.resolve(), close: () => Promise.resolve() },
      nodePortsAt: () => undefined,
      ...{ syncPeriod: seconds(30), minSyncPeriod: milliseconds(1000) },
    })
  }
}
