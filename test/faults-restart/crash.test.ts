import { createServer } from 'node:http'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { besideOthers } from '../beside-others.js'
import type { Client } from '../services/client.js'
import { onEachBackend } from '../services/each-backend.js'
import { startStage } from '../services/stage.js'
import { manyServices, saved } from './many-services.js'
import { tables } from './tables.js'

/** Nobody listens there. */
const serverIsAway = ['--master', 'https://127.0.0.1:9']

/** In milliseconds, with 1,000 Services. */
const longestOut = besideOthers(2000)

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { node, pod, outside } = stage.clients
  const clients: readonly Client[] = [node, pod(), outside]
  const [web = ''] = await stage.deploy('web')
  const portals = await manyServices(stage, 'web')
  const [first, last] = [portals.at(0), portals.at(-1)]
  if (!first || !last) throw new Error('no Services')
  const some: readonly Endpoint[] = [first, last]
  await saved(stage)
  const rules = await tables(backend)

  const resumed = (): Promise<EventOf<'resumed'>> =>
    stage.portal.event('Services from before', isOf('resumed'))

  const answered = async (t: Test): Promise<void> => {
    for (const client of clients)
      for (const where of some) t.strictSame([await client.tcp(where), await client.udp(where)], [web, web])
  }

  const refused = async (t: Test): Promise<void> => {
    for (const client of clients)
      t.strictSame([await client.tcp(first), await client.udp(last)], ['ECONNREFUSED', 'ECONNREFUSED'])
  }

  t.test('after kill -9 clients are refused at once', async t => {
    await stage.crash()
    await refused(t)
    t.equal(await tables(backend), rules)
  })

  t.test('started again without an API server it serves as before, and writes no rule', async t => {
    const began = realClock.now()
    stage.start(serverIsAway)
    t.equal((await resumed()).services, portals.length + 2, 'and kubernetes, and the beacon')
    const out = Math.round(realClock.now() - began)
    t.ok(out <= longestOut, `serving ${out} ms after its start`)
    await answered(t)
    t.equal(await tables(backend), rules)
    const said = stage.portal.events().map(({ type }) => type)
    t.strictSame([said.includes('rules-written'), said.includes('synced')], [false, false])
  })

  t.test('started again with an API server it is soon as before, with the same local ports', async t => {
    await stage.crash()
    const began = realClock.now()
    stage.start()
    await resumed()
    const out = Math.round(realClock.now() - began)
    await answered(t)
    await stage.portal.synced()
    t.ok(out <= longestOut, `serving ${out} ms after its start`)
    t.strictSame(
      stage.portal.events().filter(({ type }) => type === 'rules-written' || type === 'closed'),
      [],
    )
    t.equal(await tables(backend), rules)
  })

  t.test('what is served from before follows the cluster as soon as it answers', async t => {
    await stage.crash()
    stage.remove('services', 's0')
    stage.start()
    await stage.synced()
    t.not(await node.tcp(first), web)
    t.equal(await node.tcp(last), web)
  })

  t.test('an API server that refuses us takes nothing from clients that are served from before', async t => {
    await saved(stage)
    const server = createServer((_, response) => response.writeHead(401).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('no address')
    await stage.crash()
    stage.start(['--master', `http://127.0.0.1:${address.port}`])
    await resumed()
    await stage.portal.event('a refusal', isOf('api-trouble'))
    t.equal(await node.tcp(last), web)
  })

  t.test('a damaged snapshot is set aside, said, and not believed', async t => {
    await stage.crash()
    const path = '/run/kube-portal/snapshot.jsonl'
    const whole = readFileSync(path, 'utf8')
    const lines = whole.split('\n').length - 2
    writeFileSync(path, whole.slice(0, -100))
    stage.start(serverIsAway)
    const { reason, ...said } = await stage.portal.event('what is wrong', isOf('state-damaged'))
    t.strictSame(said, { type: 'state-damaged', path, aside: `${path}.damaged` })
    t.equal(reason, `${lines} service ports were expected, not ${lines - 1}`)
    await stage.portal.event('the API server to be away', isOf('api-trouble'))
    t.equal(await node.tcp(last), 'ECONNREFUSED')
    await stage.crash()
    writeFileSync(path, whole)
  })

  t.test('rules that do not stand any longer are not served from before', async t => {
    stage.start(serverIsAway)
    await resumed()
    t.equal(await stage.portal.stop(), 0, 'a stop that never saw the API server takes the rules out')
    t.not(await node.tcp(last), web)
    stage.start(serverIsAway)
    await stage.portal.event('the API server to be away', isOf('api-trouble'))
    t.strictSame(
      stage.portal.events().filter(({ type }) => type === 'resumed' || type === 'listening'),
      [],
    )
  })
})
