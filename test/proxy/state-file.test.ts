import { writeFileSync } from 'node:fs'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { port } from '../../lib/model/port.js'
import { servicePortId } from '../../lib/model/service-port.js'
import { StateFile } from '../../lib/proxy/state-file.js'

const id = servicePortId({ namespace: 'shop', service: 'cart', port: 'http', protocol: 'TCP' })
const localPorts = new Map([[id, port(14_007)]])

t.test('the next run reads what the last one wrote', async t => {
  const folder = `${t.testdir()}/made/when/needed`
  await new StateFile(machine, folder).write({ localPorts })
  t.strictSame(await new StateFile(machine, folder).read(), { localPorts })
})

t.test('without a file there is nothing to know', async t => {
  t.strictSame(await new StateFile(machine, t.testdir()).read(), { localPorts: new Map() })
})

t.test('a damaged file is not believed', async t => {
  const damaged = [
    '',
    '{"localPorts":{"shop/ca',
    '[]',
    'null',
    '{"localPorts":{"shop/cart:http/TCP":0}}',
    '{"localPorts":7}',
  ]
  for (const text of damaged) {
    const folder = t.testdir()
    writeFileSync(`${folder}/state.json`, text)
    t.strictSame(await new StateFile(machine, folder).read(), { localPorts: new Map() }, text)
  }
})
