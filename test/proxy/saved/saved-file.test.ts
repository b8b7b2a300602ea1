import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { machine } from '../../../lib/host/machine.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { port } from '../../../lib/model/port.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { stateFolder } from '../../../lib/proxy/saved/state-folder.js'

const id = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })
const localPorts = new Map([[id, port(14_007)]])

t.test('the next run reads what the last one wrote', async t => {
  const folder = `${t.testdir()}/made/when/needed`
  await stateFolder(machine, folder).localPorts.write(localPorts)
  t.strictSame(await stateFolder(machine, folder).localPorts.read(), localPorts)
})

t.test('without a file there is nothing to know, and nothing to say', async t => {
  const events: ProxyEvent[] = []
  const { localPorts, snapshot } = stateFolder(machine, t.testdir())
  t.equal(await localPorts.read(), undefined)
  t.equal(await snapshot.load(event => events.push(event)), undefined)
  t.strictSame(events, [])
})

const damaged = [
  '',
  '{"localPorts":{"shop/ca',
  '[]',
  'null',
  '{"localPorts":{"shop/cart:http/TCP":0}}',
  '{"localPorts":7}',
]

for (const text of damaged)
  t.test(`a damaged file is set aside and not believed: ${JSON.stringify(text)}`, async t => {
    const folder = t.testdir({ 'state.json': text })
    const { localPorts } = stateFolder(machine, folder)
    t.equal(await localPorts.read(), undefined)
    t.equal(existsSync(localPorts.path), true, 'who only looks leaves it where it is')
    const events: ProxyEvent[] = []
    t.equal(await localPorts.load(event => events.push(event)), undefined)
    const aside = `${localPorts.path}.damaged`
    t.match(events, [{ type: 'state-damaged', path: localPorts.path, aside }])
    t.equal(readFileSync(aside, 'utf8'), text)
    t.equal(existsSync(localPorts.path), false)
  })

t.test('what cannot be set aside is not believed either', async t => {
  const folder = t.testdir()
  mkdirSync(`${folder}/state.json.damaged`)
  writeFileSync(`${folder}/state.json`, '[]')
  const events: ProxyEvent[] = []
  t.equal(await stateFolder(machine, folder).localPorts.load(event => events.push(event)), undefined)
  t.strictSame(Object.keys(events[0] ?? {}), ['type', 'path', 'reason'])
})
