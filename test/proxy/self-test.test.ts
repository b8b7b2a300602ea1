import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { echo, nobody } from '../dataplane/stage.js'
import { served, somebody, Stage } from './self-test-stage.js'

t.test(
  'a portal that leads to its listener is well; no endpoint is dialled, and nothing is left',
  async t => {
    const stage = await Stage.start(t)
    const { proxy, listener } = stage
    const cart = served(listener)
    t.strictSame(await stage.try(cart), [
      { type: 'self-test', servicePort: cart.id, portal: listener, outcome: 'well' },
    ])
    t.strictSame(proxy.events, [])
  },
)

t.test('a family is tried until it has gone well, and each outcome is said once', async t => {
  const stage = await Stage.start(t)
  const closed = served(await nobody())
  t.match(await stage.try(closed), [{ outcome: 'refused', reason: /ECONNREFUSED/, cure: /iptables-save/ }])
  t.strictSame(await stage.try(closed), [], 'nothing new')
  t.match(await stage.try(served(stage.listener)), [{ outcome: 'well' }])
  t.strictSame(await stage.try(closed), [], 'not tried any more')
})

t.test('somebody else who accepts is told from our listener', async t => {
  const stage = await Stage.start(t)
  const portal = await echo(t)
  t.match(await stage.try(served(portal)), [
    { outcome: 'bypassed', portal, reason: /accepted by somebody else/, cure: /eBPF/ },
  ])
})

t.test('our listener of another service port is somebody else', async t => {
  const stage = await Stage.start(t)
  t.match(await stage.try(served(stage.listener, { service: 'till' })), [{ outcome: 'bypassed' }])
})

t.test('each family is tried, at the first cluster IP that serves TCP', async t => {
  const stage = await Stage.start(t)
  const cart = served(stage.listener)
  const closed = served({ address: ipAddress('::1'), port: (await nobody()).port })
  const tried = await stage.try(
    served(somebody, { protocol: 'UDP' }),
    { ...cart, endpoints: [] },
    { ...cart, portals: [{ kind: 'node-port', port: port(30_080), clients: 'everybody' }] },
    cart,
    served(await nobody()),
    closed,
  )
  t.match(
    [...tried].sort((one, other) => (one.portal.address < other.portal.address ? -1 : 1)),
    [
      { portal: stage.listener, outcome: 'well' },
      { portal: { address: '::1' }, outcome: 'refused' },
    ],
  )
})

t.test('whether all went well that there was to try is answered', async t => {
  const { selfTest, listener } = await Stage.start(t)
  const closed = served(await nobody())
  t.equal(await selfTest.look([]), true, 'nothing')
  t.equal(await selfTest.look([closed]), false)
  t.equal(await selfTest.look([closed]), false, 'it is the same as before')
  t.equal(await selfTest.look([served(listener)]), true)
  await selfTest.close()
  t.equal(await selfTest.look([]), false, 'nobody tries any more')
})

t.test('what is asked for meanwhile is not tried twice', async t => {
  const stage = await Stage.start(t)
  const cart = served(stage.listener)
  const tried = await Promise.all([stage.try(cart), stage.try(cart)])
  t.strictSame(
    tried.flat().map(({ outcome }) => outcome),
    ['well'],
  )
})

t.test('a stop ends it, and nothing is said any more', async t => {
  const stage = await Stage.start(t)
  const tried = stage.try(served(await echo(t)))
  await Promise.all([stage.selfTest.close(), stage.selfTest.close()])
  t.strictSame(await tried, [])
  t.strictSame(await stage.try(served(stage.listener)), [])
})
