import t from 'tap'
import { exposition, formatFor } from '../../../lib/observe/metrics/exposition.js'
import { Histogram } from '../../../lib/observe/metrics/histogram.js'
import type { Metric } from '../../../lib/observe/metrics/metric.js'

const durations = new Histogram({ name: 'shop_duration_seconds', help: 'How long.' }, [0.5, 1])
for (const value of [0.25, 0.5, 0.75, 3]) durations.observe(value)

const metrics: readonly Metric[] = [
  {
    ...{ name: 'shop_visits_total', type: 'counter', help: 'Visits of "people",\\n in all.' },
    samples: [
      { labels: { from: 'a "quoted"\nplace\\' }, value: 2 },
      { labels: { from: 'b', how: 'car' }, value: 1e21 },
    ],
  },
  { name: 'shop_limit', type: 'gauge', help: 'No limit.', samples: [{ value: Infinity }] },
  { name: 'shop_silent', type: 'gauge', help: 'Not known.', samples: [] },
  durations.metric,
]

t.test('a scrape has each metric with its help, its type and its numbers', async t => {
  t.equal(
    await exposition(metrics, 'text'),
    `# HELP shop_visits_total Visits of "people",\\\\n in all.
# TYPE shop_visits_total counter
shop_visits_total{from="a \\"quoted\\"\\nplace\\\\"} 2
shop_visits_total{from="b",how="car"} 1e+21
# HELP shop_limit No limit.
# TYPE shop_limit gauge
shop_limit +Inf
# HELP shop_duration_seconds How long.
# TYPE shop_duration_seconds histogram
shop_duration_seconds_bucket{le="0.5"} 2
shop_duration_seconds_bucket{le="1"} 3
shop_duration_seconds_bucket{le="+Inf"} 4
shop_duration_seconds_sum 4.5
shop_duration_seconds_count 4
`,
  )
})

t.test(
  'in OpenMetrics a counter is called without _total, its numbers are not, and there is an end',
  async t => {
    t.equal(
      await exposition([...metrics.slice(0, 1), ...metrics.slice(1, 2)], 'openmetrics'),
      `# HELP shop_visits Visits of "people",\\\\n in all.
# TYPE shop_visits counter
shop_visits_total{from="a \\"quoted\\"\\nplace\\\\"} 2
shop_visits_total{from="b",how="car"} 1e+21
# HELP shop_limit No limit.
# TYPE shop_limit gauge
shop_limit +Inf
# EOF
`,
    )
  },
)

t.test('Prometheus gets the format that it wants most, and a browser text', async t => {
  const prometheus2 =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
  const prometheus3 =
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2'
  for (const accept of [prometheus2, prometheus3, 'application/openmetrics-text'])
    t.equal(formatFor(accept), 'openmetrics', accept)
  for (const accept of [
    '',
    '*/*',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'text/plain;version=0.0.4;q=1,application/openmetrics-text;version=1.0.0;q=0.9',
    'application/openmetrics-text;version=1.0.0;q=0',
    'application/openmetrics-text;version=0.0.1',
  ])
    t.equal(formatFor(accept), 'text', accept)
})
