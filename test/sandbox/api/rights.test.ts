import { readFileSync } from 'node:fs'
import t from 'tap'
import { Client, type Reply } from './client.js'
import { newStore, service, startSandbox } from './sandbox.js'

/** What a real API server answered. */
const recorded = (name: string): Reply => {
  const [head = '', body = ''] = readFileSync(`test/recordings/kubernetes-1.36/${name}.http`, 'utf8').split(
    /\r?\n\r?\n/,
  )
  return { code: Number(head.split(' ')[1]), body: JSON.parse(body) }
}

const tokens = {
  root: { name: 'root' },
  reader: {
    name: 'reader',
    may: (verb: string, resource: string, namespace: string) =>
      ['get', 'list', 'watch'].includes(verb) && resource === 'services' && namespace === 'default',
  },
}

t.test('rights', async t => {
  const { server } = await startSandbox(newStore(), tokens)
  const client = new Client(server)
  t.teardown(async () => {
    client.close()
    await server.close()
  })
  const as =
    (token: string) =>
    (method: string, path: string, body?: unknown): Promise<Reply> =>
      client.ask(method, path, { body, headers: { authorization: `Bearer ${token}` } })
  const [root, reader, nobody] = [as('root'), as('reader'), as('nobody')]
  const stranger = (path: string): Promise<Reply> => client.ask('GET', path)

  t.test('without a token a list is forbidden, as by a real API server', async t => {
    t.strictSame(await stranger('/api/v1/services'), recorded('forbidden-anonymous'))
  })

  t.test('a token that nobody has is unauthorized, as by a real API server', async t => {
    t.strictSame(await nobody('GET', '/api/v1/services'), recorded('unauthorized'))
  })

  t.test('a watch from a version that is no number fails, as by a real API server', async t => {
    t.strictSame(await root('GET', '/api/v1/services?watch=1&resourceVersion=abc'), recorded('watch-bad-rv'))
  })

  t.test('a user may do what they may, where they may', async t => {
    t.equal((await reader('GET', '/api/v1/namespaces/default/services')).code, 200)
    t.match(await reader('POST', '/api/v1/namespaces/default/services', service('a')), {
      code: 403,
      body: {
        message:
          'services is forbidden: User "reader" cannot create resource "services" in API group "" in the namespace "default"',
      },
    })
    t.match(await reader('PUT', '/apis/apps/v1/namespaces/default/deployments/web/scale', {}), {
      code: 403,
      body: {
        message:
          'deployments.apps "web" is forbidden: User "reader" cannot update resource "deployments/scale" in API group ' +
          '"apps" in the namespace "default"',
        details: { name: 'web', group: 'apps', kind: 'deployments' },
      },
    })
  })

  t.test('everybody may ask whether the server is well, and only users what it has', async t => {
    t.equal((await stranger('/version')).code, 200)
    t.match(await stranger('/apis'), {
      code: 403,
      body: { message: 'forbidden: User "system:anonymous" cannot get path "/apis"' },
    })
    t.equal((await reader('GET', '/apis')).code, 200)
  })
})
