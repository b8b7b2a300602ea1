import t from 'tap'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import type { Store } from '../../../lib/sandbox/api/store/store.js'
import { newStore, noon, service } from './sandbox.js'

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
}
const deployment = (spec: object = {}): ApiObject => ({
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
})

const heard = (store: Store): string[] => {
  const changes: string[] = []
  store.onChange(({ type, object }) => changes.push(`${type} ${object.kind ?? ''} ${object.metadata.name}`))
  return changes
}

t.test('a new object gets its identity, and the next version', async t => {
  const store = newStore()
  const made = store.create('deployments', deployment())
  t.match(made, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      namespace: 'default',
      uid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      creationTimestamp: '2026-11-22T12:00:00Z',
      generation: 1,
      resourceVersion: String(store.ledger.version),
    },
    spec: { replicas: 1, strategy: { type: 'RollingUpdate' } },
  })
  t.equal(noon.getUTCHours(), 12)
})

t.test('an object may leave the end of its name to the API', async t => {
  const made = newStore().create('services', {
    ...service(''),
    metadata: { name: '', generateName: 'cart-' },
  })
  t.match(made.metadata.name, /^cart-[a-z0-9]{5}$/)
})

t.test('the generation counts changes of what is asked for, not of what is', async t => {
  const store = newStore()
  const made = store.create('deployments', deployment())
  const seen = store.update('deployments', { ...made, status: { replicas: 1 } })
  t.equal(seen.metadata.generation, 1)
  t.equal(store.update('deployments', { ...seen, ...deployment({ replicas: 2 }) }).metadata.generation, 2)
})

t.test('an update from an older version is a conflict', async t => {
  const store = newStore()
  const made = store.create('services', service('cart'))
  store.update('services', { ...made, metadata: { ...made.metadata, labels: { a: 'b' } } })
  t.throws(() => store.update('services', made), {
    code: 409,
    message:
      'Operation cannot be fulfilled on services "cart": the object has been modified; please apply your changes to ' +
      'the latest version and try again',
  })
})

t.test('an update that changes nothing makes no version and tells nobody', async t => {
  const store = newStore()
  const made = store.create('services', service('cart'))
  const changes = heard(store)
  t.strictSame(store.update('services', made), made)
  t.strictSame(changes, [])
})

t.test('a Deployment whose selector does not choose its own pods is refused', async t => {
  const store = newStore()
  t.throws(() => store.create('deployments', deployment({ selector: { matchLabels: { app: 'db' } } })), {
    code: 422,
    message:
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does ' +
      'not match template `labels`',
  })
  const made = store.create('deployments', deployment())
  const other = { ...deployment({ replicas: -1 }), metadata: made.metadata }
  t.throws(() => store.update('deployments', other), { message: /must be greater than or equal to 0/ })
})

t.test('nothing can be created in a namespace that is not there', async t => {
  t.throws(
    () =>
      newStore().create('services', { ...service('cart'), metadata: { name: 'cart', namespace: 'shop' } }),
    {
      code: 404,
      message: 'namespaces "shop" not found',
    },
  )
})

t.test('a namespace takes with it what is in it', async t => {
  const store = newStore()
  store.create('namespaces', { metadata: { name: 'shop' } })
  store.create('services', { ...service('cart'), metadata: { name: 'cart', namespace: 'shop' } })
  store.create('services', service('cart'))
  const changes = heard(store)
  store.remove('namespaces', '', 'shop')
  t.strictSame(changes, ['DELETED Service cart', 'DELETED Namespace shop'])
  t.equal(store.list('services').length, 1)
})

t.test('everybody hears of changes in the same order, those made while hearing too', async t => {
  const store = newStore()
  store.onChange(({ object, type }) => {
    if (type === 'ADDED' && object.metadata.name === 'a') store.create('services', service('b'))
  })
  const changes = heard(store)
  store.create('services', service('a'))
  t.strictSame(changes, ['ADDED Service a', 'ADDED Service b'])
})

t.test('endpoints on loopback and link-local addresses are refused, others are not', async t => {
  const store = newStore()
  const slice = (address: string): ApiObject => ({
    metadata: { name: `s${address.replaceAll(/[.:]/g, '-')}s` },
    addressType: address.includes(':') ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address] }],
    ports: [{ port: 80 }],
  })
  for (const address of ['127.0.0.1', '169.254.1.1', '0.0.0.0', '::1', 'fe80::1'])
    t.throws(() => store.create('endpointslices', slice(address)), { code: 422 }, address)
  for (const address of ['10.0.0.1', '255.255.255.255', 'fd00::1'])
    t.ok(store.create('endpointslices', slice(address)), address)
})
