import t from 'tap'
import { listAt, textAt } from '../../../lib/sandbox/json.js'
import { Client } from './client.js'
import { newStore, startSandbox } from './sandbox.js'

t.test('one Node of several can be listed and watched by its name', async t => {
  const store = newStore()
  for (const name of ['one', 'two']) store.create('nodes', { metadata: { name } })
  const { server } = await startSandbox(store)
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const path = '/api/v1/nodes?fieldSelector=metadata.name%3Dtwo'
  const { body } = await client.ask('GET', path)
  t.strictSame(
    listAt(body, 'items').map(node => textAt(node, 'metadata', 'name')),
    ['two'],
  )
  const version = textAt(body, 'metadata', 'resourceVersion')
  const watch = client.watch(`${path}&watch=true&resourceVersion=${version}`)
  const next = watch.next()
  for (const name of ['one', 'two']) store.update('nodes', { metadata: { name, labels: { a: 'b' } } })
  t.match((await next).value, { type: 'MODIFIED', object: { metadata: { name: 'two' } } })
  await watch.return(undefined)
})
