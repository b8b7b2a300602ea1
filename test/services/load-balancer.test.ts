import { once } from 'node:events'
import t from 'tap'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import type { JsonObject } from '../../lib/sandbox/json.js'
import type { Client } from './client.js'
import { onEachBackend } from './each-backend.js'
import { allHear, at, heard, heardAt, refused, silence, unserved } from './heard.js'
import { whyNot } from './said.js'
import { startStage } from './stage.js'

const tcp = { name: 'tcp', port: 80, targetPort: 8080 }
const udp = { ...tcp, name: 'udp', protocol: 'UDP' }
const protocols = ['tcp', 'udp'] as const

const balancer = (spec: JsonObject = {}) => ({ type: 'LoadBalancer', ports: [tcp, udp], ...spec })
const ingress = (...places: readonly JsonObject[]) => ({ status: { loadBalancer: { ingress: places } } })

/** The answer to an HTTP request, as it came. */
const httpAnswer = async (client: Client, number: number, path = '/healthz'): Promise<string> => {
  const socket = await client.connect(at(nodeAddress, number))
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
  socket.end(`GET ${path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n`)
  await once(socket, 'close')
  return answer
}

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { clients, portal } = stage
  const { node, pod, podElsewhere, outside } = clients

  t.test('a load-balancer IP is served as soon as the status has it, and no longer than that', async t => {
    const [web] = await stage.deploy('web')
    stage.expose('web', balancer())
    await stage.synced()
    const there = at('203.0.113.1', 80)
    t.strictSame(await heardAt(clients, there), allHear(unserved))
    stage.change('services', 'web', ingress({ ip: '203.0.113.1' }))
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(web), protocol)
    stage.change('services', 'web', ingress({ ip: '203.0.113.2' }))
    await stage.synced()
    t.strictSame(await heardAt(clients, there), allHear(unserved))
    t.strictSame(await heardAt(clients, at('203.0.113.2', 80)), allHear(web))
  })

  t.test('one that is a proxy, or has only a host name, is not captured; the former is said', async t => {
    const [proxied] = await stage.deploy('proxied')
    stage.expose('proxied', balancer())
    stage.change(
      'services',
      'proxied',
      ingress(
        { ip: '203.0.113.3', ipMode: 'Proxy' },
        { ip: '203.0.113.4', ipMode: 'VIP' },
        { hostname: 'lb.example' },
      ),
    )
    await stage.synced()
    t.match(await whyNot(portal, 'proxied', { reason: /203\.0\.113\.3/ }), /ipMode "Proxy"/)
    t.strictSame(await heardAt(clients, at('203.0.113.3', 80)), allHear(unserved))
    t.strictSame(await heardAt(clients, at('203.0.113.4', 80)), allHear(proxied))
  })

  t.test('without endpoints it refuses, and serves again when there are some', async t => {
    await stage.deploy('empty', { replicas: 0 })
    stage.expose('empty', balancer())
    stage.change('services', 'empty', ingress({ ip: '203.0.113.5' }))
    await stage.synced()
    const there = at('203.0.113.5', 80)
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(refused), protocol)
    const [one] = await stage.scale('empty', 1)
    await stage.synced()
    for (const protocol of protocols)
      t.strictSame(await heardAt(clients, there, protocol), allHear(one), protocol)
  })

  t.test(
    'source ranges keep all others away, in silence, and from nothing but the balancer’s IP',
    async t => {
      const [ranged] = await stage.deploy('ranged')
      const nodePort = { ...tcp, nodePort: 30090 }
      stage.expose('ranged', balancer({ ports: [nodePort, udp], externalIPs: ['198.51.100.1'] }))
      stage.change('services', 'ranged', ingress({ ip: '203.0.113.6' }))
      const there = at('203.0.113.6', 80)
      const allow = async (ranges: readonly string[] | null): Promise<void> => {
        stage.change('services', 'ranged', { spec: { loadBalancerSourceRanges: ranges } })
        await stage.synced()
      }
      await allow(['172.18.0.1/32'])
      for (const protocol of protocols) {
        const only = { node: silence, pod: silence, outside: ranged }
        t.strictSame(await heardAt(clients, there, protocol), only, protocol)
      }
      t.strictSame(
        {
          clusterIp: await heardAt(clients, stage.clusterIp('ranged')),
          nodePort: await heardAt(clients, at(nodeAddress, 30090)),
          externalIp: await heardAt(clients, at('198.51.100.1', 80)),
        },
        { clusterIp: allHear(ranged), nodePort: allHear(ranged), externalIp: allHear(ranged) },
      )
      await allow(['192.0.2.0/24', '10.244.0.0/24'])
      for (const protocol of protocols)
        t.strictSame(
          await heard({
            node: node[protocol](there),
            pod: pod()[protocol](there),
            elsewhere: podElsewhere()[protocol](there),
            outside: outside[protocol](there),
          }),
          { node: silence, pod: ranged, elsewhere: silence, outside: silence },
          protocol,
        )
      await allow(['172.18.0.2/32'])
      t.strictSame(await heardAt(clients, there), { node: ranged, pod: silence, outside: silence })
      await allow(['192.0.2.0/24', '0.0.0.0/0'])
      t.strictSame(await heardAt(clients, there), allHear(ranged))
      await allow(['192.0.2.0/24'])
      t.strictSame(await heardAt(clients, there), allHear(silence))
      await allow(null)
      for (const protocol of protocols)
        t.strictSame(await heardAt(clients, there, protocol), allHear(ranged), protocol)
    },
  )

  t.test('ranges of the other family leave this one open', async t => {
    const [six] = await stage.deploy('six')
    stage.expose('six', balancer({ loadBalancerSourceRanges: ['2001:db8::/32'] }))
    stage.change('services', 'six', ingress({ ip: '203.0.113.7' }))
    await stage.synced()
    t.strictSame(await heardAt(clients, at('203.0.113.7', 80)), allHear(six))
  })

  t.test('clients inside the ranges are refused without endpoints, others hear nothing', async t => {
    await stage.deploy('bare', { replicas: 0 })
    stage.expose('bare', balancer({ loadBalancerSourceRanges: ['172.18.0.1/32'] }))
    stage.change('services', 'bare', ingress({ ip: '203.0.113.8' }))
    await stage.synced()
    const expected = { node: silence, pod: silence, outside: refused }
    t.strictSame(await heardAt(clients, at('203.0.113.8', 80)), expected)
  })

  t.test('load balancers are told how many endpoints this node has', async t => {
    const body = (localEndpoints: number) => ({
      service: { namespace: 'default', name: 'checked' },
      localEndpoints,
      serviceProxyHealthy: true,
    })
    const parsed = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))
    await stage.deploy('checked', { replicas: 2 })
    const spec = { externalTrafficPolicy: 'Local', healthCheckNodePort: 32100 }
    stage.expose('checked', balancer(spec))
    await stage.synced()
    for (const client of [outside, pod(), node]) {
      const answer = await httpAnswer(client, 32100)
      t.match(answer, /^HTTP\/1\.1 200 /)
      t.match(answer, /^X-Load-Balancing-Endpoint-Weight: 2\r$/im)
      t.match(answer, /^Content-Type: application\/json\r$/im)
      t.strictSame(parsed(answer), body(2))
    }
    t.match(await httpAnswer(outside, 32100, '/any/path?at=all'), /^HTTP\/1\.1 200 /)
    await stage.scale('checked', 0)
    await stage.synced()
    const none = await httpAnswer(outside, 32100)
    t.match(none, /^HTTP\/1\.1 503 /)
    t.match(none, /^X-Load-Balancing-Endpoint-Weight: 0\r$/im)
    t.strictSame(parsed(none), body(0))
    await stage.scale('checked', 1)
    await stage.synced()
    t.match(await httpAnswer(outside, 32100), /^HTTP\/1\.1 200 /)
    stage.change('services', 'checked', {
      spec: { externalTrafficPolicy: 'Cluster', healthCheckNodePort: null },
    })
    await stage.synced()
    await t.rejects(outside.connect(at(nodeAddress, 32100)), { code: refused })
  })
})
