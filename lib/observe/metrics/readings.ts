import type { Resource } from '../../model/api-event.js'
import type { Family } from '../../model/ip-address.js'
import type { Milliseconds } from '../../model/milliseconds.js'
import type { Health } from '../../model/health.js'
import { type Heading, type Metric, type Sample, single, unixSeconds } from './metric.js'
import type { OpenTraffic } from './service-counts.js'

/** Changes of objects, since the start and since the last sync began. */
export interface Changes {
  readonly total: number
  readonly pending: number
}

/** What we have in the kernel's tables of one family. */
export interface RulesInForce {
  readonly family: Family
  /** By table. */
  readonly rules: Readonly<Record<string, number>>
  /** How often iptables-restore failed. */
  readonly failures: number
}

/** What this process takes from the machine. */
export interface ProcessReadings {
  readonly started: Date
  readonly cpu: Milliseconds
  /** In bytes. */
  readonly residentMemory: number
  readonly descriptors: number
  readonly mostDescriptors: number
}

/** What is read at the moment of a scrape. */
export interface Readings {
  readonly health: Health
  /** How long ago something else was wanted last; undefined: never. */
  readonly queued: Milliseconds | undefined
  /** How long ago the API server told something. */
  readonly heard: ReadonlyMap<Resource, Milliseconds>
  readonly changes: Readonly<Record<'services' | 'endpoints', Changes>>
  readonly rules: readonly RulesInForce[]
  readonly servicePorts: number
  /** Service ports with a Local policy that have endpoints, but none here. */
  readonly noLocalEndpoints: Readonly<Record<'internal' | 'external', number>>
  readonly affinityClients: number
  readonly avoidedEndpoints: number
  readonly traffic: Iterable<OpenTraffic>
  readonly process: ProcessReadings
}

const gauge = (name: string, help: string): Heading => ({ name, type: 'gauge', help })
const counter = (name: string, help: string): Heading => ({ name, type: 'counter', help })

/** A sample for each of `values`, told apart by `label`. */
const by = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const syncName = (rest: string): string => `kubeproxy_sync_proxy_rules_${rest}`

/** What kube-proxy has under the same names. */
const kubeProxyMetrics = (readings: Readings, now: Date): readonly Metric[] => {
  const { queued, changes, rules, noLocalEndpoints } = readings
  const moments = queued === undefined ? [] : [{ value: unixSeconds(now) - queued / 1000 }]
  return [
    {
      ...gauge(syncName('last_queued_timestamp_seconds'), 'The last time a sync of proxy rules was queued.'),
      samples: moments,
    },
    single(
      gauge(syncName('endpoint_changes_pending'), 'Changes of endpoints that no sync has begun to apply.'),
      changes.endpoints.pending,
    ),
    single(
      counter(syncName('endpoint_changes_total'), 'Changes of endpoints since the start.'),
      changes.endpoints.total,
    ),
    single(
      gauge(syncName('service_changes_pending'), 'Changes of Services that no sync has begun to apply.'),
      changes.services.pending,
    ),
    single(
      counter(syncName('service_changes_total'), 'Changes of Services since the start.'),
      changes.services.total,
    ),
    single(
      counter(syncName('iptables_restore_failures_total'), 'Failures of iptables-restore since the start.'),
      sum(rules.map(({ failures }) => failures)),
    ),
    {
      ...gauge(syncName('iptables_total'), 'Rules of ours in the kernel.'),
      samples: rules.flatMap(({ family, rules: counts }) =>
        Object.entries(counts).map(([table, value]) => ({ labels: { table, ip_family: family }, value })),
      ),
    },
    {
      ...gauge(
        syncName('no_local_endpoints_total'),
        'Service ports with a Local traffic policy that have endpoints, but none on this node.',
      ),
      samples: by('traffic_policy', noLocalEndpoints),
    },
  ]
}

const ownMetrics = (readings: Readings, now: Date): readonly Metric[] => {
  const { health, heard, servicePorts, affinityClients, avoidedEndpoints } = readings
  const { readiness, families } = health
  return [
    single(
      gauge('kube_portal_ready', 'Whether all that the cluster wants is in force: 1 or 0.'),
      readiness === 'ready' ? 1 : 0,
    ),
    {
      ...gauge('kube_portal_healthy', 'Whether no change has waited for too long: 1 or 0.'),
      samples: by('ip_family', {
        IPv4: families.IPv4.healthy ? 1 : 0,
        IPv6: families.IPv6.healthy ? 1 : 0,
      }),
    },
    {
      ...gauge(
        'kube_portal_api_last_event_timestamp_seconds',
        'When the API server last told something about a resource, be it that nothing changed.',
      ),
      samples: [...heard].map(([resource, ago]) => ({
        labels: { resource },
        value: unixSeconds(now) - ago / 1000,
      })),
    },
    single(gauge('kube_portal_service_ports', 'Service ports that have a listener.'), servicePorts),
    single(
      gauge('kube_portal_affinity_clients', 'Clients that are to return to their endpoint.'),
      affinityClients,
    ),
    single(
      gauge(
        'kube_portal_endpoints_avoided',
        'Endpoints that have failed clients, and are passed over for a while.',
      ),
      avoidedEndpoints,
    ),
  ]
}

/** Under the names that all exporters have. */
const processMetrics = (process: ProcessReadings): readonly Metric[] => [
  single(
    counter('process_cpu_seconds_total', 'CPU time of this process, user and system.'),
    process.cpu / 1000,
  ),
  single(gauge('process_resident_memory_bytes', 'Memory of this process in RAM.'), process.residentMemory),
  single(
    gauge('process_start_time_seconds', 'When this process started; a reload starts a new one.'),
    unixSeconds(process.started),
  ),
  single(gauge('process_open_fds', 'Open file descriptors, sockets included.'), process.descriptors),
  single(gauge('process_max_fds', 'How many file descriptors may be open.'), process.mostDescriptors),
]

/** All that is read, but for the traffic. */
export const readMetrics = (readings: Readings, now: Date): readonly Metric[] => [
  ...kubeProxyMetrics(readings, now),
  ...ownMetrics(readings, now),
  ...processMetrics(readings.process),
]
