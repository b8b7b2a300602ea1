import t from 'tap'
import { createHandler } from '../../../lib/sandbox/api/serve/handler.js'
import { startApiServer } from '../../../lib/sandbox/api/serve/server.js'
import { listAt, textAt } from '../../../lib/sandbox/json.js'
import { FakeClock } from '../../fake-clock.js'
import { newStore, noon } from './sandbox.js'

t.test('a server can be without a group, as one from before it is: 404 for all that is in it', async t => {
  const handler = createHandler({
    ...{ store: newStore(), clock: new FakeClock(), now: () => noon },
    missingGroups: ['discovery.k8s.io'],
  })
  const server = await startApiServer({ handler, host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const ask = async (path: string): Promise<{ readonly code: number; readonly body: unknown }> => {
    const response = await fetch(`${server.url}${path}`)
    return { code: response.status, body: await response.json() }
  }
  const notFound = { code: 404, body: { kind: 'Status', reason: 'NotFound' } }
  const slices = '/apis/discovery.k8s.io/v1/endpointslices'
  for (const path of [slices, `${slices}?watch=true`, '/apis/discovery.k8s.io/v1', '/apis/discovery.k8s.io'])
    t.match(await ask(path), notFound, path)
  const groups = listAt((await ask('/apis')).body, 'groups').map(group => textAt(group, 'name'))
  t.strictSame(groups, ['apps', 'rbac.authorization.k8s.io', 'networking.k8s.io'])
  t.match(await ask('/api/v1/endpoints'), { code: 200, body: { kind: 'EndpointsList' } })
})
