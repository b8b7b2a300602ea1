import { once } from 'node:events'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { inNamespace, needing } from '../namespace.js'
import { at } from '../services/heard.js'
import { endpointsAt } from '../services/slice.js'
import { startStage } from '../services/stage.js'
import { addRules, rulesNow } from '../services/tables.js'
import { reload } from '../takeover/reload.js'
import { complaints } from './promtool.js'
import { askMetrics, numberIn, own } from './scrape.js'

/** Nobody may come in but answers, and this machine itself. */
const denying = `*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
`

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft', { args: ['--metrics-bind-address', '0.0.0.0'] })
  const { node, outside } = stage.clients
  const pod = await stage.serve('web')
  const web = stage.clusterIp('web')

  const scrape = async (): Promise<string> => (await askMetrics()).body
  /** The numbers of a Service, by the rest of their names. */
  const numbersOf = async (service: string, names: readonly string[]): Promise<readonly unknown[]> => {
    const body = await scrape()
    return names.map(name => numberIn(body, `kube_portal_${name}{namespace="default",service="${service}"}`))
  }

  t.test('what clients do adds up: connections, and their bytes as they pass', async t => {
    const names = ['connections_open', 'connections_total', 'sent_bytes_total', 'received_bytes_total']
    t.strictSame(await numbersOf('web', names), [0, 0, 0, 0])
    const from = stage.portal.now()
    for (let visit = 0; visit < 3; visit += 1) t.equal(await node.tcp(web), pod)
    for (let end = 0, at = from; end < 3; end += 1) {
      const event = await stage.portal.event('the end of a visit', isOf('disconnected'), at)
      at = stage.portal.events().indexOf(event) + 1
    }
    const socket = await node.connect(web)
    const answered = once(socket, 'data')
    socket.write('hello')
    await answered
    t.strictSame(await numbersOf('web', names), [
      ...[1, 4, 3 * 'hostname'.length + 'hello'.length],
      3 * `${pod}\n`.length + 'hello'.length,
    ])
    socket.destroy()
  })

  t.test('endpoints that fail are counted, and whom that did not hurt', async t => {
    stage.expose('half', { selector: null })
    const endpoints = endpointsAt(stage.addresses('web'))
    stage.slice({ name: 'half-well', service: 'half', endpoints })
    stage.slice({ name: 'half-ill', service: 'half', endpoints, ports: [{ port: 9 }] })
    await stage.synced()
    for (let visit = 0; visit < 2; visit += 1) t.equal(await node.tcp(stage.clusterIp('half')), pod)
    t.strictSame(await numbersOf('half', ['retries_total', 'endpoint_failures_total']), [1, 1])
    t.equal(numberIn(await scrape(), 'kube_portal_endpoints_avoided'), 1)
  })

  t.test('UDP clients are counted, and those that are to return', async t => {
    const ports = [{ port: 53, targetPort: 8080, protocol: 'UDP' }]
    stage.expose('names', { selector: { app: 'web' }, sessionAffinity: 'ClientIP', ports })
    await stage.synced()
    for (let asked = 0; asked < 2; asked += 1) t.equal(await node.udp(stage.clusterIp('names', 53)), pod)
    t.strictSame(await numbersOf('names', ['udp_flows_open', 'udp_flows_total']), [2, 2])
    t.equal(numberIn(await scrape(), 'kube_portal_affinity_clients'), 1)
  })

  t.test('the rules that are counted are those that the kernel has', async t => {
    const body = await scrape()
    for (const family of ['IPv4', 'IPv6'] as const) {
      const lines = await rulesNow('nft', family)
      const inTable = (table: string): number => {
        const from = lines.indexOf(`*${table}`)
        return lines
          .slice(from, lines.indexOf('COMMIT', from))
          .filter(line => /^-A .*KUBE-(PORTAL|NODEPORT)/.test(line)).length
      }
      for (const table of ['filter', 'nat'])
        t.equal(
          numberIn(body, `kubeproxy_sync_proxy_rules_iptables_total{table="${table}",ip_family="${family}"}`),
          inTable(table),
          `${family} ${table}`,
        )
    }
  })

  t.test(
    'how long a change took from the pod to the rules is known where its slice says when that was',
    async t => {
      const count = 'kubeproxy_network_programming_duration_seconds_count'
      const before = numberIn(await scrape(), count) ?? 0
      const time = new Date().toISOString()
      stage.change('endpointslices', 'half-ill', {
        metadata: { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': time } },
        endpoints: endpointsAt(['192.0.2.1']),
      })
      await stage.synced()
      const after = await scrape()
      t.equal(numberIn(after, count), before + 1)
      t.equal(numberIn(after, 'kubeproxy_network_programming_duration_seconds_bucket{le="60"}'), before + 1)
      t.equal(numberIn(after, 'kubeproxy_sync_proxy_rules_endpoint_changes_pending'), 0)
    },
  )

  const promtool = await needing('promtool', '--version')
  t.test("Prometheus' own lint has nothing to say against the names that are ours", promtool, async t => {
    const body = await scrape()
    t.strictSame(await complaints(['check', 'metrics'], own(body)), [])
    t.match(await complaints(['check', 'metrics'], body), [/iptables_total/, /no_local_endpoints_total/])
  })

  t.test('how often others asked how it is, and what they were told, is counted', async t => {
    const answers = 'kubeproxy_proxy_livez_total{code="200"}'
    const before = numberIn(await scrape(), answers) ?? 0
    await askMetrics({ port: 10_256, path: '/livez' })
    await askMetrics({ path: '/livez' })
    t.equal(numberIn(await scrape(), answers), before + 1, 'at the health port, as kube-proxy counts')
  })

  const askedFromOutside = (): Promise<string> =>
    outside.tcp(at(nodeAddress, 10_249), 'GET /proxyMode HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')

  t.test('where all may ask, a firewall that lets nobody in lets them in', async t => {
    await addRules('nft', 'IPv4', denying)
    t.match(await askedFromOutside(), /userspace$/)
  })

  t.test('at the port is what kube-proxy has there, and OpenMetrics for who prefers that', async t => {
    const of = async (path: string, accept = ''): Promise<readonly unknown[]> => {
      const { status, body } = await askMetrics({ path, accept })
      return [status, body]
    }
    t.strictSame(await of('/proxyMode'), [200, 'userspace'])
    t.strictSame(await of('/readyz'), [200, 'ok\n'])
    const [, configuration] = await of('/configz')
    t.match(JSON.parse(String(configuration)), {
      'kubeproxy.config.k8s.io': { mode: 'userspace' },
      'kube-portal.dev': { capture: 'redirect' },
    })
    const open = await askMetrics({ accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' })
    t.equal(open.type, 'application/openmetrics-text; version=1.0.0; charset=utf-8')
    t.match(open.body, /^# TYPE kube_portal_connections counter\n/m)
    t.match(open.body, /# EOF\n$/)
  })

  t.test('the numbers of a Service that is gone go with it', async t => {
    stage.remove('services', 'names')
    await stage.synced()
    const body = await scrape()
    t.match(body, /connections_total\{namespace="default",service="web"\} 4\n/)
    t.notMatch(body, /connections_total\{namespace="default",service="names"\}/)
  })

  t.test('a new process answers at the port as soon as it has taken over', async t => {
    const started = 'process_start_time_seconds'
    const before = numberIn(await scrape(), started) ?? 0
    await reload(stage)
    const body = await scrape()
    t.ok((numberIn(body, started) ?? 0) > before)
    t.equal(await node.tcp(web), pod)
    t.strictSame(await numbersOf('web', ['connections_total']), [1])
    t.equal(numberIn(body, 'kube_portal_ready'), 1)
    t.match(await askedFromOutside(), /userspace$/)
  })
})
