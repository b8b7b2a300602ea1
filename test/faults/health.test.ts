import { once } from 'node:events'
import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { inNamespace } from '../namespace.js'
import type { Client } from '../services/client.js'
import { at } from '../services/heard.js'
import { addRules } from '../services/tables.js'
import { startFaultStage } from './stage.js'

const paths = ['/healthz', '/livez', '/readyz'] as const

/** What one is told at a path: the status; of `/readyz` the words, too. */
const asked = async (client: Client, path: string): Promise<string> => {
  const question = `GET ${path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n`
  const answer = await client.tcp(at(nodeAddress, 10_256), question)
  const [, status, body = ''] = /^HTTP\/1\.1 (\d+) .*?\r\n\r\n(.*)$/s.exec(answer) ?? []
  if (status === undefined) return answer
  return path === '/readyz' ? `${status} ${body.trim()}` : status
}

const told = (client: Client): Promise<readonly string[]> =>
  Promise.all(paths.map(path => asked(client, path)))

/** Nobody may come in but answers, and this machine itself. */
const denying = `*filter
:INPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
`

const well = ['200', '200', '200 ok']
const waiting = ['200', '200', '503 waiting for the API server']

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road } = it
  const { node, pod, outside } = stage.clients
  await stage.deploy('web')
  stage.expose('web')

  const away = async (from = 0): Promise<void> => {
    await it.portal.event('the API server to be away', isOf('api-trouble'), from)
  }

  t.test(
    'without an API server it is not ready, but nobody is to start it anew; then it is ready',
    async t => {
      await it.stop()
      await road.close()
      const portal = await it.startAnyway()
      await away()
      t.strictSame(await told(node), waiting)
      await road.open()
      await portal.served('default/web/TCP', 1)
      t.strictSame(await told(node), well)
      const from = portal.now()
      await road.close()
      await away(from)
      t.strictSame(await told(node), well, 'what was in force stays, and it with it')
    },
  )

  t.test(
    'after kill -9 it serves what was served before, and is not ready until lists have come',
    async t => {
      const portal = await it.restart()
      const isWhole = (event: ProxyEvent): event is EventOf<'snapshot-saved'> =>
        event.type === 'snapshot-saved'
      await portal.event('a snapshot', isWhole)
      await portal.kill()
      await road.close()
      const next = await it.startAnyway()
      await next.event('Services from before', isOf('resumed'))
      await away()
      const before = 'serving what was served before, and waiting for the API server'
      t.strictSame(await told(node), ['200', '200', `503 ${before}`])
      await road.open()
      await next.synced()
      t.strictSame(await told(node), well)
    },
  )

  t.test('a Node that the autoscaler takes away gets no new clients, and is not started anew', async t => {
    await it.restart()
    const name = stage.cluster.nodeName
    const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }]
    stage.change('nodes', name, { spec: { taints } })
    await stage.synced()
    t.strictSame(await told(node), ['503', '200', '200 ok'])
    stage.change('nodes', name, { spec: { taints: [] } })
    await stage.synced()
    t.strictSame(await told(node), well)
  })

  t.test(
    'where nothing may come in, everybody can ask; while it stops it says so, for as long as it lives',
    async t => {
      await it.restart(['--drain-timeout', '1h'])
      await addRules('nft', 'IPv4', denying)
      const everybody = { node, pod: pod(), outside }
      for (const [who, client] of Object.entries(everybody)) t.strictSame(await told(client), well, who)
      const open = await node.connect(stage.clusterIp('web'))
      const from = it.portal.now()
      const stopped = it.stop()
      await it.portal.event('the last listener to close', isOf('closed', 'default/web/TCP'), from)
      for (const [who, client] of Object.entries(everybody))
        t.strictSame(await told(client), ['503', '200', '503 stopping'], who)
      open.end('bye')
      await Promise.all([once(open.resume(), 'close'), stopped])
      t.strictSame(
        await told(node),
        paths.map(() => 'ECONNREFUSED'),
      )
    },
  )
})
