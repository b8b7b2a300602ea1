import t from 'tap'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { readEndpoints } from '../../../lib/watch/translation/endpoints.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { service } from '../api-objects.js'
import { anywhere, compositionText } from '../translation.js'

const served = (services: readonly unknown[], object: unknown): readonly string[] =>
  compositionText(
    new Composer(anywhere).compose({
      services: services.map(readService),
      slices: readEndpoints(object),
      node: undefined,
    }),
  )

const of = (subsets: unknown, labels?: unknown): readonly string[] =>
  served([service()], { metadata: { namespace: 'shop', name: 'cart', labels }, subsets })

const ports = [{ port: 8080, protocol: 'TCP' }]
const cart = 'shop/cart/TCP at 10.96.0.10:80 ->'

t.test('the ready addresses of Endpoints serve the Service of their name', async t => {
  const subset = {
    addresses: [{ ip: '10.244.1.2', nodeName: 'worker' }, { ip: '10.244.1.1' }],
    notReadyAddresses: [{ ip: '10.244.1.3' }],
    ports,
  }
  t.strictSame(of([subset]), [`${cart} 10.244.1.1:8080 10.244.1.2:8080`])
  t.strictSame(of([{ ...subset, addresses: null }]), [`${cart} nobody`])
  t.match(readEndpoints({ metadata: {}, subsets: [subset] }), [{ endpoints: [{ node: 'worker' }] }])
})

t.test('subsets have ports of their own', async t => {
  const subsets = [
    { addresses: [{ ip: '10.244.1.1' }], ports },
    { addresses: [{ ip: '10.244.1.2' }], ports: [{ port: 9090 }] },
  ]
  t.strictSame(of(subsets), [`${cart} 10.244.1.1:8080 10.244.1.2:9090`])
})

t.test('both families may be in one subset', async t => {
  const services = [service({ spec: { clusterIPs: ['10.96.0.10', 'fd00:96::10'] } })]
  const subsets = [{ addresses: [{ ip: '10.244.1.1' }, { ip: 'fd00:244::1' }], ports }]
  t.strictSame(served(services, { metadata: { namespace: 'shop', name: 'cart' }, subsets }), [
    `${cart} 10.244.1.1:8080`,
    'shop/cart/TCP/IPv6 at [fd00:96::10]:80 -> [fd00:244::1]:8080',
  ])
})

t.test('what is wrong with Endpoints is said of them, and the rest serves', async t => {
  t.strictSame(of([{ addresses: [{ ip: '127.0.0.1' }, { ip: '10.244.1.1' }, {}], ports }]), [
    `${cart} 10.244.1.1:8080`,
    'refused: Endpoints shop/cart: nothing is to be dialled at 127.0.0.1 (IPv4 loopback address), "" (no address)',
  ])
})

t.test('Endpoints that a label gives to others are theirs', async t => {
  const labels = { 'service.kubernetes.io/service-proxy-name': 'mesh' }
  t.strictSame(of([{ addresses: [{ ip: '10.244.1.1' }], ports }], labels), [
    `${cart} nobody`,
    'not for us: Endpoints shop/cart: its label service.kubernetes.io/service-proxy-name gives it to "mesh"',
  ])
})
