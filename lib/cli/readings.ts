import type { Connections } from '../dataplane/connections.js'
import type { RulesInForce } from '../capture/capture.js'
import { openDescriptors } from '../host/process-usage.js'
import { type Milliseconds, milliseconds } from '../model/milliseconds.js'
import type { ServicePort } from '../model/service-port.js'
import type { OpenTraffic } from '../observe/metrics/service-counts.js'
import type { ProcessReadings, Readings } from '../observe/metrics/readings.js'
import type { Proxy } from '../proxy/proxy.js'
import type { ServedPorts } from '../proxy/served-ports.js'
import type { ApiSource } from '../watch/api-source.js'
import { realClock as clock } from './real-clock.js'

export interface ReadingsParts {
  readonly proxy: Pick<Proxy, 'health' | 'queued'>
  readonly served: Pick<ServedPorts, 'servicePorts' | 'pickers'>
  readonly connections: Pick<Connections, 'members'>
  readonly rules: () => readonly RulesInForce[]
  /** Undefined: not known yet. */
  readonly source: () => Pick<ApiSource, 'heard' | 'changes'> | undefined
  /** How many descriptors there may be. */
  readonly openFiles: number
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const ago = (moment: Milliseconds): Milliseconds => milliseconds(Math.max(0, clock.now() - moment))

const noChanges = { total: 0, pending: 0 }

const isInternal = ({ portals }: ServicePort): boolean => portals.some(portal => portal.kind === 'cluster-ip')

const noLocalEndpoints = (servicePorts: readonly ServicePort[]): Readings['noLocalEndpoints'] => {
  const lacking = servicePorts.filter(
    ({ policy, endpoints, othersServe }) => policy === 'Local' && endpoints.length === 0 && othersServe,
  )
  const internal = lacking.filter(isInternal).length
  return { internal, external: lacking.length - internal }
}

const traffic = ({ members }: ReadingsParts['connections']): readonly OpenTraffic[] =>
  members.flatMap(({ servicePort, traffic: carried }) =>
    carried ? [{ servicePort, sent: carried.sent, received: carried.received }] : [],
  )

const processReadings = async (openFiles: number): Promise<ProcessReadings> => {
  const { user, system } = process.cpuUsage()
  return {
    started: new Date(performance.timeOrigin),
    cpu: milliseconds((user + system) / 1000),
    residentMemory: process.memoryUsage.rss(),
    descriptors: await openDescriptors(),
    mostDescriptors: openFiles,
  }
}

/** How all is at this moment, for metrics. */
export const readings = async (parts: ReadingsParts): Promise<Readings> => {
  const { proxy, served, connections, rules, source, openFiles } = parts
  const { heard = new Map<never, never>(), changes } = source() ?? {}
  const { servicePorts, pickers } = served
  const { queued } = proxy
  // Before the rest: what happens while it waits would be counted twice, or not at all.
  const ofProcess = await processReadings(openFiles)
  return {
    health: proxy.health,
    queued: queued === undefined ? undefined : ago(queued),
    heard: new Map([...heard].map(([resource, moment]) => [resource, ago(moment)])),
    changes: changes ?? { services: noChanges, endpoints: noChanges },
    rules: rules(),
    servicePorts: servicePorts.length,
    noLocalEndpoints: noLocalEndpoints(servicePorts),
    affinityClients: sum(pickers.map(({ clients }) => clients)),
    avoidedEndpoints: sum(pickers.map(({ avoided }) => avoided)),
    traffic: traffic(connections),
    process: ofProcess,
  }
}
