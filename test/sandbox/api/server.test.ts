import { get } from 'node:https'
import t from 'tap'
import { textAt } from '../../../lib/sandbox/json.js'
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

const getOver1 = (url: string, ca: string | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(`HTTP/${response.httpVersion} ${response.statusCode ?? ''} ${text}`))
    }).on('error', reject)
  })

t.test('the same port speaks HTTP/1.1 to those who do not know HTTP/2', async t => {
  const { server } = await startSandbox()
  t.teardown(() => server.close())
  t.equal(await getOver1(`${server.url}/readyz`, server.ca), 'HTTP/1.1 200 ok')
})

t.test('a client that does not know the authority does not trust the server', async t => {
  const { server } = await startSandbox()
  t.teardown(() => server.close())
  await t.rejects(getOver1(`${server.url}/readyz`, undefined), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

t.test('what the server does not have is not found, and what it does not do is not allowed', async t => {
  const { server } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const ask = async (
    method: string,
    path: string,
    sent: Parameters<Client['ask']>[2] = {},
  ): Promise<unknown> => {
    const { code, body } = await client.ask(method, path, sent)
    return `${code} ${textAt(body, 'reason')}`
  }
  t.equal(await ask('GET', '/apis/batch/v1/jobs'), '404 NotFound')
  t.equal(await ask('GET', `${services}/a/scale`), '404 NotFound')
  t.equal(await ask('POST', `${services}/a`), '405 MethodNotAllowed')
  t.equal(await ask('POST', services, { body: { kind: 'Pod', metadata: { name: 'a' } } }), '400 BadRequest')
  t.equal(
    await ask('POST', services, { body: {}, headers: { 'content-type': 'application/yaml' } }),
    '415 UnsupportedMediaType',
  )
})

t.test('a dry run answers what would be, and does nothing', async t => {
  const { server, store } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const { version } = store.ledger
  const { code } = await client.ask('POST', `${services}?dryRun=All`, { body: service('cart') })
  t.equal(code, 201)
  t.equal(store.ledger.version, version)
})

t.test('a pod that runs gets its time to stop; without time it is gone at once', async t => {
  const { server, store } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const spec = { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 5 }
  store.create('pods', { metadata: { name: 'p' }, spec })
  const path = '/api/v1/namespaces/default/pods/p'
  t.match(await client.ask('DELETE', path), {
    code: 200,
    body: { metadata: { deletionTimestamp: '2026-11-22T12:00:05Z', deletionGracePeriodSeconds: 5 } },
  })
  t.equal((await client.ask('GET', path)).code, 200)
  t.equal((await client.ask('DELETE', path, { body: { gracePeriodSeconds: 0 } })).code, 200)
  t.equal((await client.ask('GET', path)).code, 404)
})

t.test('the status has a path of its own, and neither path changes the other part', async t => {
  const { server, store } = await startSandbox()
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  store.create('services', service('cart', { clusterIP: '10.96.0.9', type: 'LoadBalancer' }))
  const headers = { 'content-type': 'application/merge-patch+json' }
  const body = { spec: { externalName: 'x' }, status: { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } } }
  const status = await client.ask('PATCH', `${services}/cart/status`, { body, headers })
  t.match(status.body, { status: body.status })
  t.equal(textAt(status.body, 'spec', 'externalName'), '')
  const plain = { spec: { sessionAffinity: 'ClientIP' }, status: { loadBalancer: null } }
  const main = await client.ask('PATCH', `${services}/cart`, { body: plain, headers })
  t.match(main.body, { spec: plain.spec, status: body.status })
})

t.test('closing the server brings watches to a proper end', async t => {
  const { server } = await startSandbox()
  const complete = new Promise<boolean>((resolve, reject) => {
    get(`${server.url}${services}?watch=1`, { ca: server.ca, agent: false }, response => {
      response.on('close', () => resolve(response.complete)).on('error', reject)
      response.resume()
      server.close().catch(reject)
    }).on('error', reject)
  })
  t.equal(await complete, true)
  await server.close()
})
