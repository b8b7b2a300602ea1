import t from 'tap'
import { port } from '../../lib/model/port.js'
import { portRange } from '../../lib/model/port-range.js'
import { servicePortId, type ServicePortId } from '../../lib/model/service-port.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'

const id = (service: string): ServicePortId =>
  servicePortId({ namespace: 'shop', service, port: '', protocol: 'TCP' })

const range = portRange('14000-14003')

t.test('each service port gets the next free local port, and keeps it', async t => {
  const ports = new LocalPorts(range, new Map())
  t.strictSame([ports.for(id('a')), ports.for(id('b')), ports.for(id('a'))], [14000, 14001, 14000])
})

t.test('a local port given back rests until the others had their turn', async t => {
  const ports = new LocalPorts(range, new Map())
  ports.for(id('a'))
  ports.keepOnly([])
  t.strictSame(
    ['b', 'c', 'd', 'e'].map(name => ports.for(id(name))),
    [14001, 14002, 14003, 14000],
  )
})

t.test('a service port gets back the local port it had in the run before', async t => {
  const ports = new LocalPorts(range, new Map([[id('b'), port(14000)]]))
  t.strictSame([ports.for(id('a')), ports.for(id('b'))], [14001, 14000])
})

t.test('a saved local port outside the range, or saved twice, is not believed', async t => {
  const saved = new Map([
    [id('a'), port(80)],
    [id('b'), port(14002)],
    [id('c'), port(14002)],
  ])
  const ports = new LocalPorts(range, saved)
  t.strictSame([ports.for(id('a')), ports.for(id('b')), ports.for(id('c'))], [14000, 14002, 14001])
})

t.test('a local port that somebody else holds is left alone', async t => {
  const ports = new LocalPorts(range, new Map())
  ports.for(id('a'))
  ports.occupied(id('a'))
  t.strictSame([ports.for(id('a')), ports.for(id('b'))], [14001, 14002])
})

t.test('a local port saved for a service port that is no more is free again', async t => {
  const saved = new Map(
    [14000, 14001, 14002, 14003].map((local, index) => [id(`gone-${index}`), port(local)] as const),
  )
  const ports = new LocalPorts(range, saved)
  ports.keepOnly([id('gone-1')])
  t.strictSame([...ports.entries()], [[id('gone-1'), 14001]])
  t.equal(ports.for(id('a')), 14000)
})

t.test('when nothing else is left, ports that somebody else held are tried again', async t => {
  const ports = new LocalPorts(range, new Map())
  for (let tries = 0; tries < 4; tries++) {
    ports.for(id('a'))
    ports.occupied(id('a'))
  }
  t.throws(() => ports.for(id('a')), { code: 'conflict' }, 'not in the same sync')
  t.equal(ports.for(id('a')), 14000)
})

t.test('when the range is used up, the message says how wide it is and what to do', async t => {
  const ports = new LocalPorts(range, new Map())
  for (const name of ['a', 'b', 'c', 'd']) ports.for(id(name))
  t.throws(() => ports.for(id('e')), {
    code: 'conflict',
    message: 'all 4 ports of --proxy-port-range 14000-14003 are taken',
    cure: 'give a wider --proxy-port-range',
  })
})

t.test('ports that clients of the node come to are left alone, even where they were saved', async t => {
  const ports = new LocalPorts(range, new Map([[id('b'), port(14_001)]]))
  ports.reserve([port(14_000), port(14_001)])
  t.strictSame([ports.for(id('a')), ports.for(id('b'))], [14_002, 14_003])
})

t.test('what another process says counts, whatever was known before', async t => {
  const ports = new LocalPorts(range, new Map([[id('a'), port(14000)]]))
  ports.adopt(
    new Map([
      [id('b'), port(14000)],
      [id('c'), port(13000)],
    ]),
  )
  t.strictSame(
    ['a', 'b', 'c'].map(name => ports.for(id(name))),
    [14001, 14000, 14002],
    'but for what is not in the range',
  )
})
