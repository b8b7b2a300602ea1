import t from 'tap'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { askMetrics, numberIn } from './scrape.js'

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  const { node } = stage.clients

  t.test('who asks is told what clients did', async t => {
    const pod = await stage.serve('web')
    t.equal(await node.tcp(stage.clusterIp('web')), pod)
    const { body, status, type } = await askMetrics()
    t.equal(type, 'text/plain; version=0.0.4; charset=utf-8')
    t.equal(status, 200)
    t.equal(numberIn(body, 'kube_portal_connections_total{namespace="default",service="web"}'), 1)
  })
})
