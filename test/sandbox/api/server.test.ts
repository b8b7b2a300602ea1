import t from 'tap'
import { textAt } from '../../../lib/sandbox/api/json.js'
import { Client } from './client.js'
import { service, startSandbox } from './sandbox.js'

const services = '/api/v1/namespaces/default/services'

t.test('what is created is listed, told to who watches, and gone when deleted', async t => {
  const { server, store } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const created = await client.ask('POST', services, { body: service('cart') })
  t.equal(created.code, 201)
  t.equal(textAt(created.body, 'metadata', 'name'), 'cart')
  t.equal((await client.ask('POST', services, { body: service('cart') })).code, 409)
  const watch = client.watch(`${services}?watch=1`)
  t.match((await watch.next()).value, { type: 'ADDED', object: { metadata: { name: 'cart' } } })
  t.equal((await client.ask('DELETE', `${services}/cart`)).code, 200)
  t.match((await watch.next()).value, {
    type: 'DELETED',
    object: { metadata: { resourceVersion: String(store.ledger.version) } },
  })
  t.equal((await client.ask('GET', `${services}/cart`)).code, 404)
})
