import t from 'tap'
import { servicePortId } from '../../lib/model/service-port.js'
import { Budget } from '../../lib/stream/budget.js'
import { Connections, OpenConnection } from '../../lib/dataplane/connections.js'

const cart = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })

const open = (connections: Connections): OpenConnection => {
  const opened = connections.open(cart)
  if (!(opened instanceof OpenConnection)) throw new Error(opened.refusal)
  return opened
}

t.test('connections are numbered from 1, and no number comes twice', t => {
  const connections = new Connections()
  const first = open(connections)
  connections.close(first, cart)
  t.strictSame([first.number, open(connections).number, open(connections).number], [1, 2, 3])
  t.equal(connections.count, 2)
  t.end()
})

t.test('when none is open, all have ended', async t => {
  await new Connections().ended
  t.pass()
})

t.test('all have ended when the last is closed', async t => {
  const connections = new Connections(new Budget(10))
  const [one, two] = [open(connections), open(connections)]
  let ended = false
  const end = connections.ended.then(() => (ended = true))
  connections.close(one, cart)
  connections.close(one, cart)
  await Promise.resolve()
  t.notOk(ended)
  t.equal(connections.descriptors.left, 8, 'one that is closed twice counts once')
  connections.close(two, cart)
  await end
  t.equal(connections.count, 0)
})

t.test('a reset stops every connection, once, and says how many', t => {
  const connections = new Connections()
  const stopped: number[] = []
  for (const each of [open(connections), open(connections)])
    each.whenStopped = () => stopped.push(each.number)
  t.equal(connections.reset(), 2)
  t.equal(connections.reset(), 2)
  t.strictSame(stopped, [1, 2])
  t.equal(connections.count, 2, 'they are open until they say so')
  t.end()
})
