import t from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import type { Client } from './client.js'
import { onEachBackend } from './each-backend.js'
import { at } from './heard.js'
import type { SliceEndpoint } from './slice.js'
import { startStage } from './stage.js'

const zoneLabel = 'topology.kubernetes.io/zone'

/** Who answers as many connections as there are pods, each once, sorted. */
const answerers = async (client: Client, there: Endpoint): Promise<readonly string[]> =>
  [...new Set(await client.inTurn(there, 3))].sort()

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { pod, outside } = stage.clients
  const pods = await stage.deploy('web', { replicas: 3 })
  const addresses = stage.addresses('web')
  stage.expose('web', {
    selector: null,
    type: 'NodePort',
    ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
  })

  /** Gives the three endpoints these hints, in the order of their pods' names. */
  const hint = async (...hints: readonly SliceEndpoint['hints'][]): Promise<void> => {
    const endpoints = addresses.map((address, index): SliceEndpoint => {
      const hinted = hints[index]
      return { addresses: [address], ...(hinted && { hints: hinted }) }
    })
    stage.slice({ name: 'web', service: 'web', endpoints })
    await stage.synced()
  }
  const zone = (...names: readonly string[]) => ({ forZones: names.map(name => ({ name })) })
  const nodes = (...names: readonly string[]) => ({ forNodes: names.map(name => ({ name })) })
  const live = async (label: string | null): Promise<void> => {
    stage.change('nodes', stage.cluster.nodeName, { metadata: { labels: { [zoneLabel]: label } } })
    await stage.synced()
  }
  const [first, second, third] = pods
  await live('north')

  t.test('clients go to endpoints that are meant for the zone of this Node', async t => {
    await hint(zone('north'), zone('south'), zone('north', 'south'))
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [first, third])
    t.strictSame(await answerers(outside, at(nodeAddress, 30080)), [first, third])
  })

  t.test('when the Node changes its zone, so do they', async t => {
    await live('south')
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [second, third])
    await live('north')
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [first, third])
  })

  t.test('a hint for the Node itself counts for more than its zone', async t => {
    const both = { ...zone('north'), ...nodes('other-node') }
    await hint(both, { ...zone('south'), ...nodes(stage.cluster.nodeName) }, both)
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [second])
  })

  t.test('hints for other Nodes only leave the zone to decide', async t => {
    const elsewhere = nodes('other-node')
    await hint(
      { ...zone('north'), ...elsewhere },
      { ...zone('south'), ...elsewhere },
      { ...zone('south'), ...elsewhere },
    )
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [first])
  })

  t.test('when one has no hint, all serve', async t => {
    await hint(zone('north'), zone('south'))
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), pods)
  })

  t.test('when nobody is meant for this zone, all serve', async t => {
    await hint(zone('south'), zone('south'), zone('east'))
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), pods)
  })

  t.test('on a Node without a zone all serve', async t => {
    await hint(zone('north'), zone('south'), zone('south'))
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [first])
    await live(null)
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), pods)
    await live('north')
  })

  t.test('under a policy Local, hints say nothing', async t => {
    const endpoints = addresses.map((address, index): SliceEndpoint => ({
      addresses: [address],
      nodeName: index === 1 ? stage.cluster.nodeName : 'other-node',
      hints: index === 1 ? zone('south') : zone('north'),
    }))
    stage.change('services', 'web', { spec: { internalTrafficPolicy: 'Local' } })
    stage.slice({ name: 'web', service: 'web', endpoints })
    await stage.synced()
    t.strictSame(await answerers(pod(), stage.clusterIp('web')), [second])
    t.strictSame(await answerers(outside, at(nodeAddress, 30080)), [first, third])
  })
})
