import t from 'tap'
import { servicePortId } from '../../../lib/model/service-port.js'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { at, node, service, slice } from '../api-objects.js'
import { anywhere } from '../translation.js'

const composed = (services: readonly unknown[], slices: readonly unknown[]): Composer => {
  const composer = new Composer(anywhere)
  composer.compose({
    services: services.map(readService),
    slices: slices.map(readEndpointSlice),
    node: readNode(node()),
  })
  return composer
}

const cart = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })

t.test('every Service is there, proxied or not, with its labels and why it is not', async t => {
  const { services } = composed(
    [
      service({ labels: { app: 'cart', ['x'.repeat(400)]: 'no label' } }),
      service({ name: 'db', spec: { clusterIP: 'None' } }),
      service({
        name: 'mixed',
        spec: { clusterIP: '10.96.0.12', ports: [{ port: 80 }, { name: 's', port: 81, protocol: 'SCTP' }] },
      }),
    ],
    [slice({ endpoints: [at('10.244.1.1'), at('10.244.1.2', { ready: false })] })],
  )
  t.match(services, [
    { namespace: 'shop', name: 'cart', type: 'ClusterIP', labels: { app: 'cart' }, reasons: [] },
    { name: 'db', reasons: ['headless: clients connect to its endpoints themselves'] },
    { name: 'mixed', reasons: [/SCTP/] },
  ])
  t.strictSame([...(services[0]?.servicePorts ?? [])], [[cart, 2]], 'whether its endpoints are ready or not')
  t.strictSame(Object.keys(services[0]?.labels ?? {}), ['app'])
  t.equal(services[1]?.servicePorts.size, 0)
})

t.test('endpoints that do not serve are told with why', async t => {
  const far = at('10.244.2.1', {}, { nodeName: 'other' })
  const endpoints = [
    at('10.244.1.1', {}, { nodeName: 'worker' }),
    at('10.244.1.2', { ready: false }, { nodeName: 'worker' }),
    at('10.244.1.3', { ready: false, serving: true, terminating: true }, { nodeName: 'worker' }),
    far,
  ]
  const told = (spec: Readonly<Record<string, unknown>>, id = cart): readonly (string | undefined)[] =>
    composed([service({ spec })], [slice({ endpoints })])
      .endpointsOf('shop/cart', id, 10)
      .map(({ address, leftOut }) => `${address} ${leftOut ?? 'serves'}`)
  t.strictSame(told({}), [
    '10.244.1.1 serves',
    '10.244.1.2 it is not ready',
    '10.244.1.3 it is terminating',
    '10.244.2.1 serves',
  ])
  const local = servicePortId(
    { namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' },
    { family: 'IPv4', policy: 'Local' },
  )
  t.strictSame(told({ internalTrafficPolicy: 'Local' }, local), [
    '10.244.1.1 serves',
    '10.244.1.2 it is not ready',
    '10.244.1.3 it is terminating',
    '10.244.2.1 it is on other, and the policy is Local',
  ])
})

t.test('endpoints that hints keep for another zone are told', async t => {
  const hinted = (address: string, zone: string): unknown =>
    at(address, {}, { hints: { forZones: [{ name: zone }] } })
  const composer = composed(
    [service()],
    [slice({ endpoints: [hinted('10.244.1.1', 'east'), hinted('10.244.2.1', 'west')] })],
  )
  t.match(composer.endpointsOf('shop/cart', cart, 10), [
    { address: '10.244.1.1', leftOut: undefined },
    { address: '10.244.2.1', leftOut: 'topology hints keep it for west' },
  ])
  t.equal(composer.endpointsOf('shop/cart', cart, 1).length, 1, 'and no more than are asked for')
  t.strictSame(composer.endpointsOf('shop/none', cart, 10), [])
})
