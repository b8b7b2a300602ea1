import t from 'tap'
import { endpointSlices } from '../../../lib/sandbox/controllers/endpoint-slices.js'
import { hintsFor } from '../../../lib/sandbox/controllers/hints.js'
import { at, listAt } from '../../../lib/sandbox/json.js'
import { memoryObjects } from '../memory-objects.js'
import { node, podSample, serviceSample } from './samples.js'
import { settled } from './settle.js'

const place = { nodeName: 'node-1', zone: 'zone-a' }

t.test('an endpoint is for everybody unless its Service prefers who is near', t => {
  t.equal(hintsFor('', place), undefined)
  for (const distribution of ['PreferClose', 'PreferSameZone'])
    t.strictSame(hintsFor(distribution, place), { forZones: [{ name: 'zone-a' }] })
  t.strictSame(hintsFor('PreferSameNode', place), {
    forZones: [{ name: 'zone-a' }],
    forNodes: [{ name: 'node-1' }],
  })
  t.end()
})

t.test('where the zone is not known there is no hint of it', t => {
  const nowhere = { nodeName: 'node-1', zone: undefined }
  t.equal(hintsFor('PreferSameZone', nowhere), undefined)
  t.strictSame(hintsFor('PreferSameNode', nowhere), { forNodes: [{ name: 'node-1' }] })
  t.end()
})

t.test('only ready endpoints have hints, and these follow the Service and the label of the Node', async t => {
  const objects = memoryObjects()
  objects.create('nodes', node)
  const service = objects.create('services', serviceSample({ trafficDistribution: 'PreferSameZone' }))
  objects.create('pods', podSample({ number: 5 }))
  objects.create('pods', podSample({ number: 6, ready: 'False' }))
  const hints = async (): Promise<readonly unknown[]> => {
    await settled(objects, endpointSlices(objects))
    const [slice] = objects.list('endpointslices')
    return listAt(slice, 'endpoints').map(endpoint => at(endpoint, 'hints'))
  }
  t.strictSame(await hints(), [{ forZones: [{ name: 'zone-a' }] }, undefined])
  const done = hints()
  const labels = { 'topology.kubernetes.io/zone': 'zone-b' }
  objects.update('nodes', { ...node, metadata: { ...node.metadata, labels } })
  await done
  t.strictSame(await hints(), [{ forZones: [{ name: 'zone-b' }] }, undefined])
  objects.update('services', { ...service, ...{ spec: serviceSample().spec } })
  t.strictSame(await hints(), [undefined, undefined])
})
