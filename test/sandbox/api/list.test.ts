import t from 'tap'
import { at, listAt, textAt } from '../../../lib/sandbox/json.js'
import { Client, type Reply } from './client.js'
import { newStore, service, startSandbox } from './sandbox.js'

const names = ({ body }: Reply): readonly string[] =>
  listAt(body, 'items').map(item => textAt(item, 'metadata', 'name'))

const five = ['a', 'b', 'c', 'd', 'e']

t.test('lists', async t => {
  const { server, store } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  for (const name of five)
    store.create('services', { ...service(name), metadata: { name, labels: { name } } })
  const page = (query: string): Promise<Reply> => client.ask('GET', `/api/v1/services?${query}`)

  t.test('a list in pages shows one moment, whatever happens in between', async t => {
    const first = await page('limit=2')
    t.strictSame(names(first), ['a', 'b'])
    t.match(first.body, { kind: 'ServiceList', metadata: { remainingItemCount: 3 } })
    store.remove('services', 'default', 'c')
    store.create('services', service('bb'))
    const second = await page(`limit=2&continue=${textAt(first.body, 'metadata', 'continue')}`)
    t.strictSame(names(second), ['c', 'd'])
    t.equal(
      textAt(second.body, 'metadata', 'resourceVersion'),
      textAt(first.body, 'metadata', 'resourceVersion'),
    )
    const third = await page(`limit=2&continue=${textAt(second.body, 'metadata', 'continue')}`)
    t.strictSame(names(third), ['e'])
    t.equal(textAt(third.body, 'metadata', 'continue'), '')
  })

  t.test(
    'a page whose moment is forgotten is expired, and the token that comes with it goes on from now',
    async t => {
      const first = await page('limit=2')
      store.create('services', service('f'))
      store.ledger.compact()
      const second = await page(`limit=2&continue=${textAt(first.body, 'metadata', 'continue')}`)
      t.match(second, { code: 410, body: { kind: 'Status', reason: 'Expired', code: 410 } })
      const rest = await page(`continue=${textAt(second.body, 'metadata', 'continue')}`)
      t.strictSame(names(rest), ['bb', 'd', 'e', 'f'])
    },
  )

  t.test('a list can be narrowed, and then does not say how many remain', async t => {
    t.strictSame(names(await page('labelSelector=name%20in%20(a,e)')), ['a', 'e'])
    t.strictSame(names(await page('fieldSelector=metadata.name%3Dd')), ['d'])
    const first = await page('limit=1&labelSelector=name')
    t.equal(at(first.body, 'metadata', 'remainingItemCount'), undefined)
  })

  t.test('a list of the future is not there yet', async t => {
    t.match(await page('resourceVersion=9999'), { code: 504, body: { reason: 'Timeout' } })
  })

  t.test('a token that is none is a bad request', async t => {
    t.match(await page('continue=xyz'), { code: 400, body: { reason: 'BadRequest' } })
  })
})

t.test('a name sorts before a longer one, and a namespace before those that go on with a dash', async t => {
  const store = newStore()
  for (const namespace of ['shop-2', 'shop']) {
    store.create('namespaces', { metadata: { name: namespace } })
    for (const name of ['b', 'a-b', 'a'])
      store.create('services', { ...service(name), metadata: { name, namespace } })
  }
  t.strictSame(
    store.list('services').map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
    ['shop-2/a', 'shop-2/a-b', 'shop-2/b', 'shop/a', 'shop/a-b', 'shop/b'],
  )
})
