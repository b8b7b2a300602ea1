import t from 'tap'
import type { Alarm, Clock } from '../../../lib/model/clock.js'
import { type Milliseconds, milliseconds, seconds } from '../../../lib/model/milliseconds.js'
import { exposition } from '../../../lib/observe/metrics/exposition.js'
import { LoopDelay } from '../../../lib/observe/metrics/loop-delay.js'
import { ProxyCounts } from '../../../lib/observe/metrics/proxy-counts.js'

const lines = (text: string, pattern: RegExp): readonly string[] =>
  text.split('\n').filter(line => !line.startsWith('#') && pattern.test(line))

/** A clock whose alarms ring late. */
class LateClock implements Clock {
  #now = 0
  #waiting: { readonly at: number; readonly ring: () => void } | undefined

  get isWaitedFor(): boolean {
    return this.#waiting !== undefined
  }

  now(): Milliseconds {
    return milliseconds(this.#now)
  }

  after(delay: Milliseconds, ring: () => void): Alarm {
    this.#waiting = { at: this.#now + delay, ring }
    return { cancel: () => (this.#waiting = undefined) }
  }

  /** Rings, so many milliseconds late. */
  ring(late: number): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#now = (waiting?.at ?? 0) + late
    waiting?.ring()
  }
}

t.test('how late the program comes to what is due is looked at until it ends', async t => {
  const clock = new LateClock()
  const delay = new LoopDelay(clock)
  t.notOk(clock.isWaitedFor, 'what has not begun keeps no process')
  delay.start()
  for (const late of [0, 0, 300]) clock.ring(late)
  t.strictSame(lines(await exposition([delay.metric], 'text'), /0\.25"|0\.5|count|sum/), [
    'kube_portal_event_loop_delay_seconds_bucket{le="0.25"} 2',
    'kube_portal_event_loop_delay_seconds_bucket{le="0.5"} 3',
    'kube_portal_event_loop_delay_seconds_sum 0.3',
    'kube_portal_event_loop_delay_seconds_count 3',
  ])
  delay.close()
  t.notOk(clock.isWaitedFor)
})

t.test('what the proxy does is counted under the names that kube-proxy has', async t => {
  let now = new Date('2026-01-02T03:04:05Z')
  const counts = new ProxyCounts(() => now)
  const [servicePorts, opened, closed, written] = [1, 1, 0, []]
  counts.note({ type: 'synced', servicePorts, opened, closed, written, duration: milliseconds(3) })
  counts.note({ type: 'sync-failed', reason: 'no', retryIn: seconds(1), again: false })
  counts.note({ type: 'rules-repaired', family: 'IPv6', missing: 12, of: 12, times: 1 })
  counts.note({ type: 'rules-repaired', family: 'IPv6', missing: 0, of: 12, times: 2 })
  counts.answered('/healthz', 503)
  counts.programmed([new Date('2026-01-02T03:04:03.6Z'), new Date('2026-01-02T03:04:06Z')])
  now = new Date('2026-01-02T03:05:00Z')
  t.strictSame(lines(await exposition(counts.metrics, 'text'), /_(total|count|sum|timestamp_seconds)\b/), [
    'kubeproxy_sync_proxy_rules_duration_seconds_sum 0.003',
    'kubeproxy_sync_proxy_rules_duration_seconds_count 1',
    'kubeproxy_sync_proxy_rules_last_timestamp_seconds 1767323045',
    'kubeproxy_network_programming_duration_seconds_sum 1.4',
    'kubeproxy_network_programming_duration_seconds_count 2',
    'kubeproxy_proxy_healthz_total{code="200"} 0',
    'kubeproxy_proxy_healthz_total{code="503"} 1',
    'kubeproxy_proxy_livez_total{code="200"} 0',
    'kubeproxy_proxy_livez_total{code="503"} 0',
    'kube_portal_dial_duration_seconds_sum 0',
    'kube_portal_dial_duration_seconds_count 0',
    'kube_portal_sync_failures_total 1',
    'kube_portal_rules_repaired_total{ip_family="IPv4"} 0',
    'kube_portal_rules_repaired_total{ip_family="IPv6"} 13',
  ])
})

t.test("the buckets of syncs and of the way from a pod to the rules are kube-proxy's", async t => {
  const text = await exposition(new ProxyCounts(() => new Date(0)).metrics, 'text')
  const bounds = (name: string): readonly string[] =>
    [...text.matchAll(new RegExp(`${name}_bucket\\{le="(.*)"`, 'g'))].flatMap(([, bound = '']) => bound)
  const syncs = bounds('sync_proxy_rules_duration_seconds')
  t.strictSame([syncs.length, syncs[0], syncs.at(-2)], [16, '0.001', '16.384'])
  const programming = bounds('network_programming_duration_seconds')
  t.strictSame(
    [programming.length, ...programming.slice(0, 3), ...programming.slice(-4)],
    [81, '0.25', '0.5', '1', '240', '270', '300', '+Inf'],
  )
})
