import type { FlowRefused, TurnedAway } from '../../model/traffic-event.js'
import type { Heading, Labels, Metric } from './metric.js'

/** What was counted for one reason or another. */
class ByReason<Reason extends string> {
  readonly counts = new Map<Reason, number>()

  add(reason: Reason): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1)
  }
}

/** What the clients of a Service did. */
export class ServiceNumbers {
  open = 0
  connections = 0
  sent = 0
  received = 0
  retries = 0
  failures = 0
  openFlows = 0
  flows = 0
  readonly reset = new ByReason<TurnedAway['reason']>()
  readonly lost = new ByReason<FlowRefused['reason']>()
}

type Counted = Exclude<keyof ServiceNumbers, 'reset' | 'lost'>

const headings: readonly (Heading & { readonly of: Counted })[] = [
  {
    ...{ of: 'open', name: 'kube_portal_connections_open', type: 'gauge' },
    help: 'TCP connections between a client and an endpoint that are open now.',
  },
  {
    ...{ of: 'connections', name: 'kube_portal_connections_total', type: 'counter' },
    help: 'TCP clients for whom an endpoint was reached.',
  },
  {
    ...{ of: 'sent', name: 'kube_portal_sent_bytes_total', type: 'counter' },
    help: 'Bytes from clients to endpoints: over TCP as they pass, over UDP when a flow has ended.',
  },
  {
    ...{ of: 'received', name: 'kube_portal_received_bytes_total', type: 'counter' },
    help: 'Bytes from endpoints to clients: over TCP as they pass, over UDP when a flow has ended.',
  },
  {
    ...{ of: 'retries', name: 'kube_portal_retries_total', type: 'counter' },
    help: 'Clients that an endpoint had failed, and another attempt served.',
  },
  {
    ...{ of: 'failures', name: 'kube_portal_endpoint_failures_total', type: 'counter' },
    help: 'Attempts to reach an endpoint that failed.',
  },
  {
    ...{ of: 'openFlows', name: 'kube_portal_udp_flows_open', type: 'gauge' },
    help: 'UDP clients that have a flow to an endpoint now.',
  },
  {
    ...{ of: 'flows', name: 'kube_portal_udp_flows_total', type: 'counter' },
    help: 'Flows from a UDP client to an endpoint that began.',
  },
]

const byReason: readonly (Heading & { readonly of: 'reset' | 'lost' })[] = [
  {
    ...{ of: 'reset', name: 'kube_portal_clients_reset_total', type: 'counter' },
    help: 'TCP clients that were reset and not served.',
  },
  {
    ...{ of: 'lost', name: 'kube_portal_udp_refused_total', type: 'counter' },
    help: 'How often it was found that datagrams of UDP clients cannot be passed on.',
  },
]

/** Numbers, and whose they are. */
export interface Labelled {
  readonly labels: Labels
  readonly numbers: Readonly<ServiceNumbers>
}

/** All `services` as metrics. */
export const serviceMetrics = (services: readonly Labelled[]): readonly Metric[] => [
  ...headings.map(({ of, ...heading }) => ({
    ...heading,
    samples: services.map(({ labels, numbers }) => ({ labels, value: numbers[of] })),
  })),
  ...byReason.map(({ of, ...heading }) => ({
    ...heading,
    samples: services.flatMap(({ labels, numbers }) =>
      [...numbers[of].counts].map(([reason, value]) => ({ labels: { ...labels, reason }, value })),
    ),
  })),
]
