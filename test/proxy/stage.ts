import { ServicePicker } from '../../lib/balancer/service-picker.js'
import type { FamilyFailure, Preparation, Wanted } from '../../lib/capture/capture.js'
import { Connections } from '../../lib/dataplane/connections.js'
import type { Listener } from '../../lib/dataplane/listener.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { endpointText } from '../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { type Family, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../lib/model/milliseconds.js'
import { emptySnapshot, type Snapshot } from '../../lib/model/snapshot.js'
import { port } from '../../lib/model/port.js'
import { portRange } from '../../lib/model/port-range.js'
import { portalText } from '../../lib/model/portal.js'
import { ordinaryTraffic, type ServicePort, servicePortId } from '../../lib/model/service-port.js'
import { Holders } from '../../lib/proxy/holders.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'
import type { Opening } from '../../lib/proxy/opening.js'
import { heldPlaces } from '../../lib/proxy/places.js'
import { Proxy } from '../../lib/proxy/proxy.js'
import { ServedPorts } from '../../lib/proxy/served-ports.js'
import { Keeper } from '../../lib/proxy/saved/keeper.js'
import { type SavedPorts, type StateFolder, stateFolder } from '../../lib/proxy/saved/state-folder.js'
import { FakeClock } from '../fake-clock.js'

/** A Service of one port, with so many endpoints. */
export const servicePort = (service: string, endpoints: number): ServicePort => {
  const name = { namespace: 'shop', service, port: '', protocol: 'TCP' } as const
  return {
    ...{ ...ordinaryTraffic, id: servicePortId(name), name, affinity: { kind: 'none' }, terms: {} },
    othersServe: false,
    portals: [{ kind: 'cluster-ip', address: ipAddress('10.96.0.10'), port: port(80) }],
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      address: ipAddress(`10.244.0.${index + 1}`),
      port: port(8080),
    })),
  }
}

const text = ({ portals, guarded }: Wanted): string => {
  const captured = portals.map(({ portal, servicePort: { service }, verdict, localPort }) => {
    const where = portal.kind === 'cluster-ip' ? '' : ` ${portalText(portal)} for ${portal.clients}`
    return `${service}${where} ${verdict} ${localPort}`
  })
  return `rules [${captured.join(', ')}] guard [${guarded
    .map(({ port }) => port)
    .sort()
    .join(', ')}]`
}

/** What there is to serve, and what goes wrong with it. */
interface World extends Snapshot {
  readonly rulesFail: boolean
  /** Families that nothing can be captured in. */
  readonly brokenFamilies: readonly Family[]
  /** A service port that cannot be listened for. */
  readonly deaf: string
  /** Where node ports are; undefined: everywhere. */
  readonly nodePorts: readonly IpAddress[] | undefined
  /** This machine's addresses. */
  readonly here: readonly IpAddress[]
  /** A service port whose listener lacks an address. */
  readonly lacking: string
  /** Where nobody can listen, and with which code that fails. */
  readonly trouble: Readonly<Record<string, string | undefined>>
}

export interface StageOptions {
  /** The local ports that an earlier run saved. */
  readonly left?: SavedPorts
  /** The Services whose clients that run still leads here, or that nobody can tell. */
  readonly standing?: readonly string[] | 'unknown'
  /** With which code nothing can be written. */
  readonly diskFails?: string
  /** Whether the portals that are tried lead here. */
  readonly leadsHere?: () => boolean
}

interface Stage {
  readonly proxy: Proxy
  readonly events: readonly ProxyEvent[]
  /** Tells of the world as it is now, and resolves with the notes when the sync that follows has ended. */
  readonly sync: (change?: Partial<World>) => Promise<string[]>
  readonly notes: string[]
  /** The local ports that were saved since it was asked last, each time all of them. */
  readonly saved: () => readonly number[]
  /** The service ports whose listeners were told something since it was asked last. */
  readonly updates: () => readonly string[]
  readonly clock: FakeClock
  readonly folder: StateFolder
  /** How many snapshots were saved since it was asked last. */
  readonly saves: () => number
}

/** A proxy whose listeners and rules take notes of what happens to them, in order. */
export const stage = ({
  left = new Map(),
  standing = [],
  diskFails,
  leadsHere = () => true,
}: StageOptions = {}): Stage => {
  const notes: string[] = []
  const events: ProxyEvent[] = []
  const clock = new FakeClock()
  const world: World = {
    ...emptySnapshot,
    servicePorts: [servicePort('cart', 1)],
    rulesFail: false,
    deaf: '',
    lacking: '',
    here: [ipAddress('172.18.0.2')],
    nodePorts: undefined,
    trouble: {},
    brokenFamilies: [],
  }
  let changed = (): void => undefined
  const localPorts = new LocalPorts(portRange('14000-14099'), left)
  const report = (event: ProxyEvent): void => void events.push(event)
  const listen = ({ servicePort: id, port: local, address }: Opening): Promise<Listener> => {
    const place = address === undefined ? String(local) : endpointText({ address, port: local })
    if (id === world.deaf) return Promise.reject(new Error('no descriptors left'))
    const code = world.trouble[place]
    if (code !== undefined) return Promise.reject(Object.assign(new Error(`${code} ${place}`), { code }))
    notes.push(`open ${place}`)
    return Promise.resolve({
      port: local,
      isWhole: id !== world.lacking,
      update: () => void told.push(id),
      close: () => Promise.resolve(void notes.push(`close ${place}`)),
    })
  }
  const addresses = () => world.here
  const told: string[] = []
  const writes: string[] = []
  let snapshots = 0
  const files = new Map<string, string>()
  const host: Host = {
    ...machine,
    readFile: path => Promise.resolve(files.get(path)),
    writeFile: (path, content) => {
      if (diskFails) return Promise.reject(Object.assign(new Error(`${diskFails}: no`), { code: diskFails }))
      const text = Array.from(content).join('')
      files.set(path, text)
      if (path.endsWith('state.json')) writes.push(text)
      else snapshots += 1
      return Promise.resolve()
    },
    removeFile: path => Promise.resolve(void files.delete(path)),
  }
  const failing = (): FamilyFailure[] => {
    const families = world.rulesFail ? (['IPv4', 'IPv6'] as const) : world.brokenFamilies
    return families.map(family => ({ family, error: new Error('locked') }))
  }
  const folder = stateFolder(host, '/run')
  const prepare = ({ guarded }: Preparation): Promise<readonly FamilyFailure[]> => {
    if (guarded.length > 0) notes.push(`prepare [${guarded.map(({ port }) => port).join(', ')}]`)
    // Only a family that something opens in can fail.
    return Promise.resolve(failing().filter(({ family }) => guarded.some(each => each.family === family)))
  }
  const served = new ServedPorts({
    localPorts,
    listen,
    prepare,
    holders: new Holders({ listen, report }),
    places: heldPlaces({ addresses, nodePortAddresses: [] }),
    addresses,
    newPicker: () => new ServicePicker({ clock, random: () => 0 }),
    report,
  })
  const proxy = new Proxy({
    capture: {
      prepare,
      apply: (wanted, except = []) => {
        notes.push(`${text(wanted)}${except.map(family => ` but in ${family}`).join()}`)
        const failures = failing().filter(({ family }) => !except.includes(family))
        return Promise.resolve({ written: failures.length > 0 ? [] : ['IPv4'], failures })
      },
      standing: portals =>
        standing === 'unknown'
          ? Promise.reject(new Error('cannot be told'))
          : Promise.resolve(portals.filter(({ servicePort: { service } }) => standing.includes(service))),
      isIntact: () => Promise.resolve(true),
      remove: () => Promise.resolve([String(notes.push('all rules out'))]),
    },
    ...{
      served,
      localPorts,
      connections: new Connections(),
      keeper: new Keeper({ folder, localPorts, clock, report }),
      clock,
    },
    selfTest: { look: () => Promise.resolve(leadsHere()), close: () => Promise.resolve() },
    healthChecks: { open: [], update: () => Promise.resolve(), close: () => Promise.resolve() },
    ...{ openPorts: () => [], nodePortsAt: () => world.nodePorts },
    ...{ report, syncPeriod: seconds(30), minSyncPeriod: milliseconds(0) },
  })
  proxy.start({
    start: each => (changed = each),
    snapshot: () => ({ ...world }),
    close: () => Promise.resolve(void notes.push('source closed')),
  })
  const sync = async (change: Partial<World> = {}): Promise<string[]> => {
    Object.assign(world, change)
    const count = (): number =>
      events.filter(({ type }) => type === 'synced' || type === 'sync-failed').length
    const before = count()
    changed()
    while (count() === before) await clock.pass(1)
    return notes.splice(0)
  }
  const saved = (): number[] =>
    writes.splice(0).flatMap(text => Array.from(text.matchAll(/: (\d+)/g), ([, local]) => Number(local)))
  const saves = (): number => {
    const count = snapshots
    snapshots = 0
    return count
  }
  return { proxy, events, sync, notes, saved, updates: () => told.splice(0), clock, folder, saves }
}
