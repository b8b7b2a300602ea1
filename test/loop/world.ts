import type fc from 'fast-check'
import type { IpAddress } from '../../lib/model/ip-address.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { portalText } from '../../lib/model/portal.js'
import type { Snapshot } from '../../lib/model/snapshot.js'
import { verdictOf } from '../../lib/model/service-port.js'
import { snapshotOf } from '../watch/translation.js'
import { nodeObject } from './any-service.js'
import { ApiServer } from './api-server.js'
import { Machine } from './machine.js'
import { nodeAddresses } from './probes.js'
import { Process } from './process.js'
import { Programs } from './programs.js'
import { Promises } from './promises.js'
import { Sockets } from './sockets.js'
import { Turns } from './turns.js'

/** An address that the machine has at times, and Services ask for. */
const visiting = ipAddress('192.0.2.1')

const snapshotText = ({ servicePorts }: Snapshot): string =>
  servicePorts
    .map(each => `${each.id} ${verdictOf(each)} ${each.portals.map(portalText).join()}`)
    .sort()
    .join('\n')

/** A cluster, a machine, and the program on it. */
export class World {
  readonly turns: Turns
  readonly server: ApiServer
  readonly programs: Programs
  readonly sockets: Sockets
  readonly promises: Promises
  addresses: readonly IpAddress[] = nodeAddresses
  process: Process | undefined
  #truth: { readonly objects: unknown; readonly snapshot: Snapshot } | undefined
  #isStarting = false
  /** Whether a file could not be written, or says what is wrong. */
  #savedBadly = false

  constructor(scheduler: fc.Scheduler) {
    this.turns = new Turns(scheduler)
    this.server = new ApiServer(this.turns)
    this.server.put('nodes', 'worker', nodeObject)
    this.programs = new Programs(this.turns)
    const addresses = (): readonly IpAddress[] => this.addresses
    this.sockets = new Sockets({
      ...{ turns: this.turns, addresses },
      changed: (socket, change) => {
        this.promises.socketChanged(socket, change)
      },
    })
    this.promises = new Promises(new Machine({ programs: this.programs, sockets: this.sockets, addresses }))
  }

  /** What the cluster is by now. */
  get truth(): Snapshot {
    const { server } = this
    const { objects } = server
    if (this.#truth?.objects === objects) return this.#truth.snapshot
    const snapshot = snapshotOf({
      services: server.all('services'),
      slices: server.all('endpointslices'),
      node: server.all('nodes')[0],
    })
    this.#truth = { objects, snapshot }
    return snapshot
  }

  /** Service ports without the one listener that they should have, and listeners without a service port. */
  get misfits(): readonly string[] {
    const wanted = this.truth.servicePorts.map(({ id }) => id)
    const there = [...this.sockets.open].flatMap(({ opening: { servicePort, address } }) =>
      address === undefined ? [servicePort] : [],
    )
    const missing = wanted.filter(id => !there.includes(id)).map(id => `${id} has no listener`)
    const left = there.filter(id => !wanted.includes(id)).map(id => `the listener of ${id} is left`)
    return [...missing, ...left]
  }

  /** To be called after the cluster changed. */
  clusterChanged(): void {
    const before = this.#truth?.snapshot
    if (this.truth !== before) this.promises.clusterChanged(this.truth)
  }

  /** Whether what was seen last is what there is. */
  get isUpToDate(): boolean {
    return snapshotText(this.truth) === snapshotText(this.promises.latest)
  }

  get #parts(): Pick<World, 'turns' | 'server' | 'programs' | 'sockets' | 'promises'> {
    const { turns, server, programs, sockets, promises } = this
    return { turns, server, programs, sockets, promises }
  }

  start(): void {
    const process = new Process({ ...this.#parts, addresses: () => this.addresses })
    this.process = process
    this.#isStarting = true
    void process.start().then(() => (this.#isStarting = false))
  }

  async stop(): Promise<void> {
    const { process } = this
    if (!process) return
    await this.turns.all()
    for (let waits = 0; this.#isStarting; waits++) {
      if (waits > 120) throw new Error('it does not start')
      await this.turns.pass(1_000)
    }
    const wasFaulty = this.programs.isFaulty
    const stopping = process.stop()
    await this.turns.all()
    await this.turns.pass(120_000)
    const stopped = await stopping
    this.process = undefined
    this.promises.ended('stopped', this.#savedBadly)
    if (!stopped && !wasFaulty) this.promises.broken.push('it could not stop')
    if (stopped) this.#checkGone()
  }

  kill(): void {
    if (this.programs.diskFails) this.#savedBadly = true
    this.process?.kill()
    this.process = undefined
    this.promises.ended('killed', this.#savedBadly)
  }

  /** The files of the next run are not those of the last one. */
  spoil(change: (files: Map<string, string>) => void): void {
    this.#savedBadly = true
    change(this.programs.files)
    this.promises.forgetSaved()
  }

  diskFails(): void {
    this.programs.diskFails = true
    this.#savedBadly = true
  }

  moveAddress(): void {
    const there = this.addresses.includes(visiting)
    this.addresses = there ? nodeAddresses : [...nodeAddresses, visiting]
    this.process?.resync()
  }

  #checkGone(): void {
    const { kernels, files } = this.programs
    const { broken } = this.promises
    for (const family of ['IPv4', 'IPv6'] as const)
      if (/KUBE-PORTAL|KUBE-NODEPORT-/.test(kernels[family].save()))
        broken.push(`rules of ${family} are left`)
    if (this.sockets.open.size > 0) broken.push(`listeners are left: ${this.sockets.texts.join()}`)
    if (files.has('/run/snapshot.jsonl')) broken.push('the snapshot is left')
  }
}
