import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import type { User } from '../../lib/sandbox/api/serve/authorization.js'
import { inNamespace } from '../namespace.js'
import { startFaultStage, tokenFile } from './stage.js'

const admin: User = { name: 'ada' }

await inNamespace(import.meta.url, async () => {
  const tokens: Record<string, User> = { first: admin }
  const it = await startFaultStage({ tokens, token: 'first' })
  const { stage, unruly } = it
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')

  t.test('the first request after a token was replaced has the new one, and nothing is amiss', async t => {
    const from = it.portal.now()
    const before = unruly.now()
    await machine.writeFile(tokenFile, 'second')
    tokens.second = admin
    delete tokens.first
    it.watchAnew()
    t.equal((await unruly.request(() => true, before)).authorization, 'Bearer second')
    await stage.synced()
    t.notOk(it.portal.events(from).some(isOf('api-trouble')))
  })

  t.test('a token that is no longer good: what was in force stays, until there is one that is', async t => {
    const from = it.portal.now()
    delete tokens.second
    it.watchAnew()
    const { trouble, reason } = await it.trouble({ during: 'watch' }, from)
    t.strictSame([trouble, reason], ['unauthorized', 'the server answered 401: Unauthorized'])
    t.equal(await node.tcp(there), web)
    tokens.third = admin
    await machine.writeFile(tokenFile, 'third')
    await stage.synced()
    t.notOk(it.portal.events(from).some(isOf('rules-written')))
  })

  t.test('lost rights: what was in force stays, and the message names verb and resource', async t => {
    const portal = await it.restart()
    const from = portal.now()
    tokens.third = { name: 'rob', may: verb => verb !== 'watch' && verb !== 'list' }
    it.watchAnew()
    const { trouble, reason } = await it.trouble({ during: 'watch' }, from)
    t.equal(trouble, 'forbidden')
    t.match(reason, 'services is forbidden: User "rob" cannot watch resource "services" in API group ""')
    t.equal(await node.tcp(there), web)
    tokens.third = admin
    await stage.synced()
    t.notOk(portal.events(from).some(isOf('rules-written')))
  })
})
