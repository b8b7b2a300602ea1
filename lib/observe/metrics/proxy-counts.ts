import type { Resource } from '../../model/api-event.js'
import type { ProxyEvent } from '../../model/event.js'
import type { Family } from '../../model/ip-address.js'
import { exponential, Histogram, linear } from './histogram.js'
import { type Metric, unixSeconds } from './metric.js'

/** Whose answers kube-proxy counts. */
export type CountedPath = '/healthz' | '/livez'

const add = <Key>(counts: Map<Key, number>, key: Key, count = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

const buckets = {
  // kube-proxy's.
  sync: exponential(0.001, 2, 15),
  programming: [...linear(0.25, 0.25, 2), ...linear(1, 1, 59), ...linear(60, 5, 12), ...linear(120, 30, 7)],
  // From a neighbour's answer to four attempts in vain.
  dial: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4],
}

/** Counts what the proxy did, all Services together. */
export class ProxyCounts {
  readonly #now: () => Date
  readonly #syncs = new Histogram(
    { name: 'kubeproxy_sync_proxy_rules_duration_seconds', help: 'How long syncs took that went well.' },
    buckets.sync,
  )
  readonly #programming = new Histogram(
    {
      name: 'kubeproxy_network_programming_duration_seconds',
      help: 'From when a pod or Service changed, as the EndpointSlice says, until that was in force here.',
    },
    buckets.programming,
  )
  readonly #dials = new Histogram(
    {
      name: 'kube_portal_dial_duration_seconds',
      help: 'From when a TCP client came until an endpoint was reached, attempts that failed included.',
    },
    buckets.dial,
  )
  readonly #apiTroubles = new Map<Resource, number>()
  readonly #repaired = new Map<Family, number>([
    ['IPv4', 0],
    ['IPv6', 0],
  ])
  readonly #answers: Readonly<Record<CountedPath, Map<number, number>>> = {
    '/healthz': new Map([
      [200, 0],
      [503, 0],
    ]),
    '/livez': new Map([
      [200, 0],
      [503, 0],
    ]),
  }
  #syncFailures = 0
  #lastSync: Date | undefined

  /** `now` is the wall clock's time. */
  constructor(now: () => Date) {
    this.#now = now
  }

  note(event: ProxyEvent): void {
    if (event.type === 'connected') this.#dials.observe(event.duration / 1000)
    else if (event.type === 'synced') {
      this.#syncs.observe(event.duration / 1000)
      this.#lastSync = this.#now()
    } else if (event.type === 'sync-failed') this.#syncFailures += 1
    else if (event.type === 'rules-repaired')
      // Where only their place was another one, at least that.
      add(this.#repaired, event.family, Math.max(1, event.missing))
    else if (event.type === 'api-trouble') add(this.#apiTroubles, event.resource)
  }

  /** Somebody asked there, and got that status. */
  answered(what: CountedPath, status: number): void {
    add(this.#answers[what], status)
  }

  /** What has changed at these moments is in force now. */
  programmed(changedAt: readonly Date[]): void {
    const now = this.#now().getTime()
    for (const moment of changedAt) this.#programming.observe(Math.max(0, now - moment.getTime()) / 1000)
  }

  get metrics(): readonly Metric[] {
    return [
      this.#syncs.metric,
      {
        ...{ name: 'kubeproxy_sync_proxy_rules_last_timestamp_seconds', type: 'gauge' },
        help: 'The last time proxy rules were successfully synced.',
        samples: this.#lastSync ? [{ value: unixSeconds(this.#lastSync) }] : [],
      },
      this.#programming.metric,
      ...this.#answerMetrics(),
      this.#dials.metric,
      {
        ...{ name: 'kube_portal_sync_failures_total', type: 'counter' },
        help: 'Syncs that failed; what was in force stayed so.',
        samples: [{ value: this.#syncFailures }],
      },
      {
        ...{ name: 'kube_portal_rules_repaired_total', type: 'counter' },
        help: 'Rules of ours that somebody else had removed or changed, and that were put back.',
        samples: [...this.#repaired].map(([ip_family, value]) => ({ labels: { ip_family }, value })),
      },
      {
        ...{ name: 'kube_portal_api_troubles_total', type: 'counter' },
        help: 'Lists and watches of the API server that ended in an error, and were tried again.',
        samples: [...this.#apiTroubles].map(([resource, value]) => ({ labels: { resource }, value })),
      },
    ]
  }

  #answerMetrics(): readonly Metric[] {
    return Object.entries(this.#answers).map(([path, codes]) => ({
      ...{ name: `kubeproxy_proxy_${path.slice(1)}_total`, type: 'counter' },
      help: `Answers at ${path}, by status.`,
      samples: [...codes].map(([code, value]) => ({ labels: { code: String(code) }, value })),
    }))
  }
}
