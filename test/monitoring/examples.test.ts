import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { Metrics } from '../../lib/observe/metrics/metrics.js'
import type { Readings } from '../../lib/observe/metrics/readings.js'
import { isJsonObject, type JsonObject, listAt, numberAt, textAt } from '../../lib/sandbox/json.js'
import { FakeClock } from '../fake-clock.js'
import { needing } from '../namespace.js'
import { complaints } from './promtool.js'

const folder = fileURLToPath(new URL('../../../examples/monitoring/', import.meta.url))
const read = (name: string): string => readFileSync(`${folder}${name}`, 'utf8')

const readings: Readings = {
  health: {
    readiness: 'ready',
    nodeEligible: true,
    families: { IPv4: { healthy: true }, IPv6: { healthy: true } },
  },
  ...{ queued: undefined, heard: new Map(), rules: [], servicePorts: 0, traffic: [] },
  changes: { services: { total: 0, pending: 0 }, endpoints: { total: 0, pending: 0 } },
  noLocalEndpoints: { internal: 0, external: 0 },
  ...{ affinityClients: 0, avoidedEndpoints: 0 },
  process: {
    started: new Date(0),
    cpu: milliseconds(0),
    ...{ residentMemory: 0, descriptors: 0, mostDescriptors: 0 },
  },
}

/** The names of all that a scrape may have. */
const exported = (): ReadonlySet<string> => {
  const metrics = new Metrics({ services: 1, build: {}, clock: new FakeClock(), now: () => new Date(0) })
  return new Set(metrics.all(readings).map(({ name }) => name))
}

/** Those that are used in `text`, and that no scrape has. */
const unknown = (text: string): readonly string[] => {
  const used = text.match(/\b(kube_portal|kubeproxy|process)_\w+/g) ?? []
  const names = exported()
  return used.filter(name => !names.has(name) && !names.has(name.replace(/_(bucket|sum|count)$/, '')))
}

const dashboard: unknown = JSON.parse(read('dashboard.json'))
const panels = listAt(dashboard, 'panels').filter(isJsonObject)
const expressions = panels.flatMap(panel => listAt(panel, 'targets').map(target => textAt(target, 'expr')))

t.test(
  'every number that the dashboard shows, and that an alert looks at, is one that a scrape has',
  async t => {
    t.strictSame(unknown(expressions.join('\n')), [])
    t.strictSame(unknown(read('alerts.yml')), [])
    t.strictSame(unknown('kube_portal_nothing_total'), ['kube_portal_nothing_total'])
  },
)

t.test(
  'the dashboard is one that Grafana loads: panels that are told apart, and do not cover each other',
  async t => {
    t.match(dashboard, {
      title: 'kube-portal',
      uid: 'kube-portal',
      schemaVersion: Number,
      time: { from: String },
    })
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
    const cells = panels.flatMap(panel => {
      const [x, y, w, h] = ['x', 'y', 'w', 'h'].map(side => numberAt(panel, 'gridPos', side) ?? Number.NaN)
      t.ok(x !== undefined && w !== undefined && x + w <= 24, textAt(panel, 'title'))
      return Array.from({ length: (w ?? 0) * (h ?? 0) }, (_, cell) =>
        [(x ?? 0) + (cell % (w ?? 1)), (y ?? 0) + Math.floor(cell / (w ?? 1))].join(),
      )
    })
    t.equal(new Set(cells).size, cells.length)
    const lacking = (panel: JsonObject): boolean =>
      panel.type !== 'row' && (listAt(panel, 'targets').length === 0 || textAt(panel, 'title') === '')
    t.strictSame(panels.filter(lacking), [])
  },
)

t.test('the dashboard asks for no variable that it does not have', async t => {
  const known = listAt(dashboard, 'templating', 'list').map(variable => textAt(variable, 'name'))
  const used = [...JSON.stringify(dashboard).matchAll(/\$\{?([a-z]\w*)/g)].flatMap(([, name = '']) => name)
  t.strictSame(
    [...new Set(used)].filter(name => !known.includes(name)),
    [],
  )
})

const promtool = await needing('promtool', '--version')

t.test('every question of the dashboard is one that Prometheus understands', promtool, async t => {
  const file = `${t.testdir()}/dashboard.yml`
  const asked = expressions.map(expression =>
    expression.replaceAll('$__rate_interval', '5m').replace(/\$(\w+)/g, '.*'),
  )
  const check = async (expressions: readonly string[]): Promise<readonly string[]> => {
    const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }))
    await machine.writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    return complaints(['check', 'rules', file])
  }
  t.ok(asked.length > 20)
  t.strictSame(await check(asked), [])
  t.match((await check(['sum(('])).join(), /parse error/)
})

t.test(
  'alerts ring when they should, and not else; and Prometheus takes its configuration',
  promtool,
  async t => {
    t.strictSame(await complaints(['check', 'config', `${folder}prometheus.yml`]), [])
    t.strictSame(await complaints(['test', 'rules', `${folder}alerts.test.yml`]), [])
  },
)
