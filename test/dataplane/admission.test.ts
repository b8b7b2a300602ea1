import { once } from 'node:events'
import t from 'tap'
import { Admission } from '../../lib/dataplane/admission.js'
import { Budget } from '../../lib/stream/budget.js'
import { Connections } from '../../lib/dataplane/connections.js'
import { servicePortId } from '../../lib/model/service-port.js'
import { echo, fateOf, Proxy, received } from './stage.js'

const [cart, blog, shop] = ['cart', 'blog', 'shop'].map(service =>
  servicePortId({ namespace: 'web', service, port: '', protocol: 'TCP' }),
)
if (!cart || !blog || !shop) throw new Error('three names, three service ports')

t.test('a service port that floods is refused first, and the others when nothing is left', t => {
  const admission = new Admission(new Budget(200))
  admission.enter(blog)
  for (let count = 0; count < 90; count += 1) t.equal(admission.enter(cart), undefined)
  t.equal(admission.enter(cart), 'more than its share of connections')
  for (let count = 0; count < 9; count += 1) t.equal(admission.enter(blog), undefined)
  t.equal(admission.enter(shop), 'too many connections')
  t.end()
})

t.test('a share is what service ports hold on average', t => {
  const admission = new Admission(new Budget(200))
  for (let count = 0; count < 41; count += 1) admission.enter(cart)
  for (let count = 0; count < 30; count += 1) admission.enter(blog)
  for (let count = 0; count < 20; count += 1) admission.enter(shop)
  t.strictSame(
    [cart, blog, shop].map(each => admission.enter(each)),
    ['more than its share of connections', undefined, undefined],
  )
  t.end()
})

t.test('whoever has left no longer counts', t => {
  const admission = new Admission(new Budget(200))
  for (let count = 0; count < 60; count += 1) admission.enter(shop)
  for (let count = 0; count < 60; count += 1) admission.leave(shop)
  for (let count = 0; count < 46; count += 1) admission.enter(blog)
  for (let count = 0; count < 45; count += 1) admission.enter(cart)
  t.equal(admission.enter(cart), undefined, 'less than half')
  t.equal(admission.enter(blog), 'more than its share of connections')
  admission.leave(blog)
  t.equal(admission.enter(blog), undefined)
  t.equal(admission.enter(blog), 'more than its share of connections')
  t.end()
})

t.test('where others use up the descriptors, the first client is let in nevertheless', t => {
  const descriptors = new Budget(200)
  const admission = new Admission(descriptors)
  descriptors.take(190)
  t.equal(admission.enter(cart), undefined)
  t.end()
})

t.test('when connections end, everybody is let in again', t => {
  const descriptors = new Budget(200)
  const admission = new Admission(descriptors)
  while (!admission.enter(cart));
  for (let count = 0; count < 20; count += 1) admission.leave(cart)
  t.equal(admission.enter(cart), undefined)
  t.equal(descriptors.left, 200 - 2 * (91 - 20 + 1))
  t.end()
})

t.test(
  'a client for whom there is no room is reset and told of; those inside live on, and their places are taken again',
  async t => {
    const connections = new Connections(new Budget(5))
    const proxy = await Proxy.start(t, { endpoints: [await echo(t)], connections })
    t.equal(connections.descriptors.left, 4, 'one is the listener')
    const inside = [await proxy.client(), await proxy.client()]
    for (const client of inside) {
      client.write('hello')
      await once(client, 'data')
    }
    t.equal(await fateOf(proxy.connecting()), 'ECONNRESET')
    t.match(await proxy.event('turned-away'), { connection: 3, reason: 'too many connections' })
    const answers = inside.map(client => received(client.end('again')))
    t.strictSame((await Promise.all(answers)).map(String), ['again', 'again'])
    await connections.ended
    t.equal(String(await received((await proxy.client()).end('back'))), 'back')
    await connections.ended
    await proxy.close()
    t.equal(connections.descriptors.left, 5)
  },
)
