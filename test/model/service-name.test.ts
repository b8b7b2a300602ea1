import fc from 'fast-check'
import t from 'tap'
import { meaningOf, serviceNames } from '../../lib/model/service-name.js'

const here = { domain: 'cluster.local', namespace: () => 'shop' }
const cart = { kind: 'service', namespace: 'shop', service: 'cart' }

t.test('a Service has two names that mean it wherever one is, and nothing else in the world', async t => {
  const names = serviceNames({ namespace: 'shop', service: 'cart' }, 'cluster.local')
  t.strictSame(names, ['cart.shop.svc.cluster.local', 'cart.shop.svc'])
  for (const name of [...names, 'cart.shop'])
    t.strictSame(meaningOf(name, { ...here, namespace: () => 'other' }), cart, name)
})

t.test('a name alone is that of a Service of the namespace where one is', async t => {
  t.strictSame(meaningOf('cart', here), cart)
  t.strictSame(meaningOf('cart', { ...here, namespace: () => 'other' }), { ...cart, namespace: 'other' })
})

t.test('case, and a dot at the end, do not matter', async t => {
  for (const name of ['Cart', 'cart.', 'CART.Shop.SVC.Cluster.Local.'])
    t.strictSame(meaningOf(name, here), cart, name)
})

t.test('a cluster may have another domain', async t => {
  const elsewhere = { ...here, domain: 'k8s.example.com' }
  t.strictSame(meaningOf('cart.shop.svc.k8s.example.com', elsewhere), cart)
  t.strictSame(meaningOf('cart.shop.svc.cluster.local', elsewhere), { kind: 'foreign' })
})

t.test('a Service, or a namespace, may be called svc', async t => {
  t.strictSame(meaningOf('svc', here), { ...cart, service: 'svc' })
  t.strictSame(meaningOf('cart.svc', here), { ...cart, namespace: 'svc' })
  t.strictSame(meaningOf('svc.svc.svc', here), { kind: 'service', namespace: 'svc', service: 'svc' })
})

t.test('names of pods and of ports are told from those of Services', async t => {
  const names = [
    'web-0.web.shop.svc.cluster.local',
    'web-0.web.shop.svc',
    '_http._tcp.cart.shop.svc.cluster.local',
  ]
  for (const name of names) t.strictSame(meaningOf(name, here), { kind: 'part of a service' }, name)
})

t.test('whatever else there is means no Service', async t => {
  const foreign = [
    ...[
      'www.example.com',
      'cart.shop.cluster.local',
      'cart.cluster.local',
      'svc.cluster.local',
      '',
      '.',
      'a..b',
    ],
    ...['cart..svc', 'cart_1', '_http', 'cart shop', 'cart\n127.0.0.1 bank', `${'a'.repeat(64)}.shop`],
    `${'a.'.repeat(130)}svc`,
  ]
  for (const name of foreign) t.strictSame(meaningOf(name, here), { kind: 'foreign' }, JSON.stringify(name))
})

t.test('only what names that there may be mean is a Service', async () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), name => {
      const meaning = meaningOf(name, here)
      if (meaning.kind !== 'service') return true
      const { service, namespace } = meaning
      const names = [service, `${service}.${namespace}`, ...serviceNames(meaning, here.domain)]
      return names.includes(name.toLowerCase().replace(/\.$/, ''))
    }),
  )
})
