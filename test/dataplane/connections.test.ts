import t from 'tap'
import { Connections } from '../../lib/dataplane/connections.js'

t.test('connections are numbered from 1, and no number comes twice', t => {
  const connections = new Connections()
  const first = connections.open()
  first.close()
  t.strictSame([first.number, connections.open().number, connections.open().number], [1, 2, 3])
  t.equal(connections.count, 2)
  t.end()
})

t.test('when none is open, all have ended', async t => {
  await new Connections().ended
  t.pass()
})

t.test('all have ended when the last is closed', async t => {
  const connections = new Connections()
  const [one, two] = [connections.open(), connections.open()]
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
  const [one, two] = [connections.open(), connections.open()]
  t.equal(connections.reset(), 2)
  t.ok(one.signal.aborted && two.signal.aborted)
  t.equal(connections.count, 2, 'they are open until they say so')
  t.end()
})
