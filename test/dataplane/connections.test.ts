import t from 'tap'
import { servicePortId } from '../../lib/model/service-port.js'
import { Connections, type OpenConnection } from '../../lib/dataplane/connections.js'

const cart = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })

const open = (connections: Connections): OpenConnection => {
  const opened = connections.open(cart)
  if (opened.kind === 'refused') throw new Error(opened.reason)
  return opened
}

t.test('connections are numbered from 1, and no number comes twice', t => {
  const connections = new Connections()
  const first = open(connections)
  first.close()
  t.strictSame([first.number, open(connections).number, open(connections).number], [1, 2, 3])
  t.equal(connections.count, 2)
  t.end()
})

t.test('when none is open, all have ended', async t => {
  await new Connections().ended
  t.pass()
})

t.test('all have ended when the last is closed', async t => {
  const connections = new Connections()
  const [one, two] = [open(connections), open(connections)]
  let ended = false
  const end = connections.ended.then(() => (ended = true))
  one.close()
  one.close()
  await Promise.resolve()
  t.notOk(ended)
  two.close()
  await end
  t.equal(connections.count, 0)
})

t.test('a reset aborts every connection and says how many', t => {
  const connections = new Connections()
  const [one, two] = [open(connections), open(connections)]
  t.equal(connections.reset(), 2)
  t.ok(one.signal.aborted && two.signal.aborted)
  t.equal(connections.count, 2, 'they are open until they say so')
  t.end()
})
