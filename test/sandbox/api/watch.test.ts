import t from 'tap'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import { textAt } from '../../../lib/sandbox/json.js'
import { Client } from './client.js'
import { newStore, service, startSandbox } from './sandbox.js'

const labelled = (name: string, labels: Record<string, string>): ApiObject => ({
  ...service(name),
  metadata: { name, labels },
})

const line = (event: unknown): string => {
  const name = textAt(event, 'object', 'metadata', 'name')
  return `${textAt(event, 'type')} ${name}@${textAt(event, 'object', 'metadata', 'resourceVersion')}`
}

const next = async (watch: AsyncGenerator): Promise<string> => line((await watch.next()).value)

t.test('watches', async t => {
  const { server, store, clock } = await startSandbox(newStore({ window: 10 }))
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const open = (query: string): AsyncGenerator => client.watch(`/api/v1/services?watch=true&${query}`)

  t.test('a watch goes on exactly where the last one stopped', async t => {
    const from = store.ledger.version
    const made = store.create('services', service('a'))
    store.update('services', { ...made, metadata: { ...made.metadata, labels: { x: 'y' } } })
    const watch = open(`resourceVersion=${from}`)
    t.equal(await next(watch), `ADDED a@${from + 1}`)
    t.equal(await next(watch), `MODIFIED a@${from + 2}`)
    store.remove('services', 'default', 'a')
    t.equal(await next(watch), `DELETED a@${from + 3}`)
    await watch.return(undefined)
  })

  t.test('a watch from no version, or 0, first tells what is there', async t => {
    store.create('services', service('b'))
    const { version } = store.ledger
    for (const query of ['', 'resourceVersion=0', 'resourceVersion=']) {
      const watch = open(query)
      t.equal(await next(watch), `ADDED b@${version}`)
      await watch.return(undefined)
    }
  })

  t.test('a bookmark tells a quiet watch how far the world has come, if it wants to know', async t => {
    const watch = open(`resourceVersion=${store.ledger.version}&allowWatchBookmarks=true&timeoutSeconds=90`)
    const deaf = open(`resourceVersion=${store.ledger.version}&timeoutSeconds=90`)
    const bookmark = watch.next()
    const silence = deaf.next()
    // Both watches are open once a later request on the same connection is answered.
    await client.ask('GET', '/version')
    store.create('namespaces', { metadata: { name: 'elsewhere' } })
    clock.advance(60_000)
    t.match((await bookmark).value, {
      type: 'BOOKMARK',
      object: {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: { resourceVersion: String(store.ledger.version) },
      },
    })
    clock.advance(30_000)
    t.match(await watch.next(), { value: { type: 'BOOKMARK' } }, 'a last one before the time is over')
    t.equal((await watch.next()).done, true)
    t.equal((await silence).done, true)
  })

  t.test('to a watch with a selector, what starts to match is added and what stops is deleted', async t => {
    const watch = open(`resourceVersion=${store.ledger.version}&labelSelector=in%3Dyes`)
    const from = store.ledger.version
    const made = store.create('services', labelled('c', { in: 'no' }))
    const joined = store.update('services', {
      ...made,
      metadata: { ...made.metadata, labels: { in: 'yes' } },
    })
    store.update('services', { ...joined, metadata: { ...joined.metadata, labels: {} } })
    t.equal(await next(watch), `ADDED c@${from + 2}`)
    const left: unknown = (await watch.next()).value
    t.equal(line(left), `DELETED c@${from + 3}`)
    t.match(left, { object: { metadata: { labels: { in: 'yes' } } } }, 'as it last matched')
    await watch.return(undefined)
  })

  t.test('a watch from before the window ends with 410 inside the stream', async t => {
    for (let change = 0; change < 12; change++) store.create('services', service(`many-${change}`))
    const oldest = store.ledger.version - 10
    const watch = open('resourceVersion=1')
    t.strictSame((await watch.next()).value, {
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `too old resource version: 1 (${oldest})`,
        reason: 'Expired',
        code: 410,
      },
    })
    t.equal((await watch.next()).done, true)
  })

  t.test('after a compaction a watch can only start from now', async t => {
    const before = store.ledger.version - 1
    store.ledger.compact()
    t.match((await open(`resourceVersion=${before}`).next()).value, { type: 'ERROR', object: { code: 410 } })
    const watch = open(`resourceVersion=${store.ledger.version}`)
    const event = next(watch)
    await client.ask('GET', '/version')
    store.create('services', service('z'))
    t.equal(await event, `ADDED z@${store.ledger.version}`)
    await watch.return(undefined)
  })

  t.test('a watch that makes no sense is refused before it starts', async t => {
    const answers = await Promise.all(
      ['resourceVersion=abc', 'labelSelector=a%20b', 'timeoutSeconds=x'].map(query =>
        client.ask('GET', `/api/v1/services?watch=1&${query}`),
      ),
    )
    t.strictSame(
      answers.map(({ code }) => code),
      [500, 400, 400],
    )
  })

  t.test('closing the server ends watches, and may be done twice', async t => {
    const watch = open(`resourceVersion=${store.ledger.version}`)
    const end = watch.next()
    await client.ask('GET', '/version')
    await Promise.all([server.close(), server.close()])
    t.equal((await end).done, true)
  })
})
