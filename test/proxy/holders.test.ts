import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import { type ServicePort, servicePortId } from '../../lib/model/service-port.js'
import { servicePort, stage } from './stage.js'

const nodePort = (number: number, clients: 'everybody' | 'insiders' | 'outsiders' = 'everybody'): Portal => ({
  kind: 'node-port',
  port: port(number),
  clients,
})

const externalIp = (address: string): Portal => ({
  kind: 'external-ip',
  address: ipAddress(address),
  port: port(443),
  clients: 'everybody',
})

const having = (...portals: readonly Portal[]): ServicePort => ({ ...servicePort('cart', 1), portals })

t.test('a node port is held before its rule is written, and let go when that is gone', async t => {
  const { sync } = stage()
  t.strictSame(await sync({ servicePorts: [having(nodePort(30_080))] }), [
    'prepare [14000]',
    'open 14000',
    'open 0.0.0.0:30080',
    'rules [cart *:30080 for everybody serve 14000] guard [14000]',
  ])
  t.strictSame(await sync({ servicePorts: [servicePort('cart', 1)] }), [
    'rules [cart serve 14000] guard [14000]',
    'close 0.0.0.0:30080',
  ])
})

t.test('a held node port is not opened again, and goes with its Service', async t => {
  const { sync } = stage()
  await sync({ servicePorts: [having(nodePort(30_080))] })
  t.strictSame(await sync(), ['rules [cart *:30080 for everybody serve 14000] guard [14000]'])
  t.strictSame(await sync({ servicePorts: [] }), [
    'rules [] guard [14000]',
    'close 14000',
    'close 0.0.0.0:30080',
  ])
})

t.test('a node port that another program has is said once, left alone, and tried again', async t => {
  const { sync, events } = stage()
  const both = { ...servicePort('cart', 1), portals: [...servicePort('cart', 1).portals, nodePort(30_080)] }
  const trouble = { '0.0.0.0:30080': 'EADDRINUSE' }
  const left = 'rules [cart serve 14000] guard [14000]'
  t.equal((await sync({ servicePorts: [both], trouble })).at(-1), left)
  t.strictSame(await sync(), [left])
  t.strictSame(
    events.filter(({ type }) => type === 'portal-failed'),
    [
      {
        type: 'portal-failed',
        servicePort: both.id,
        portal: '*:30080',
        reason: 'EADDRINUSE 0.0.0.0:30080',
      },
    ],
  )
  t.strictSame(await sync({ trouble: {} }), [
    'open 0.0.0.0:30080',
    'rules [cart serve 14000, cart *:30080 for everybody serve 14000] guard [14000]',
  ])
  t.match(
    events.filter(({ type }) => type === 'portal-served'),
    [{ servicePort: both.id, portal: '*:30080' }],
  )
})

t.test('an external IP of this machine and a node port may meet at one port: both are served', async t => {
  const { sync, events } = stage()
  const aaa: ServicePort = {
    ...servicePort('aaa', 1),
    portals: [
      { kind: 'external-ip', address: ipAddress('172.18.0.2'), port: port(30_080), clients: 'everybody' },
    ],
  }
  await sync({ servicePorts: [aaa] })
  const trouble = { '0.0.0.0:30080': 'EADDRINUSE' }
  const rules = (await sync({ servicePorts: [aaa, having(nodePort(30_080))], trouble })).at(-1)
  t.match(rules, 'aaa 172.18.0.2:30080 for everybody serve 14000, cart *:30080 for everybody serve 14001')
  t.notOk(events.some(({ type }) => type === 'portal-failed'))
})

t.test('a node port is captured though there are too few descriptors to hold it', async t => {
  const { sync, events } = stage()
  const trouble = { '0.0.0.0:30080': 'EMFILE' }
  const rules = (await sync({ servicePorts: [having(nodePort(30_080))], trouble })).at(-1)
  t.equal(rules, 'rules [cart *:30080 for everybody serve 14000] guard [14000]')
  t.match(
    events.filter(({ type }) => type === 'portal-failed'),
    [{ reason: /EMFILE/ }],
  )
})

t.test('what is left alone is left alone for insiders, too', async t => {
  const { sync } = stage()
  const inside = having(nodePort(30_080, 'insiders'))
  const id = servicePortId(inside.name, { family: 'IPv4', policy: 'Local' })
  const outside: ServicePort = { ...having(nodePort(30_080, 'outsiders')), id, policy: 'Local' }
  const trouble = { '0.0.0.0:30080': 'EADDRINUSE' }
  t.equal((await sync({ servicePorts: [inside, outside], trouble })).at(-1), 'rules [] guard [14000, 14001]')
  t.strictSame(await sync({ trouble: {} }), [
    'open 0.0.0.0:30080',
    'rules [cart *:30080 for insiders serve 14000, cart *:30080 for outsiders serve 14001] guard [14000, 14001]',
  ])
})

t.test('a node port that goes from one Service to another is held by the other', async t => {
  const { sync, events } = stage()
  await sync({ servicePorts: [having(nodePort(30_080))] })
  const other: ServicePort = { ...servicePort('web', 1), portals: [nodePort(30_080)] }
  t.strictSame(await sync({ servicePorts: [other] }), [
    'prepare [14001]',
    'open 14001',
    'close 0.0.0.0:30080',
    'open 0.0.0.0:30080',
    'rules [web *:30080 for everybody serve 14001] guard [14000, 14001]',
    'close 14000',
  ])
  t.notOk(events.some(({ type }) => type === 'portal-failed'))
})

t.test('an external IP that this machine has is held, and left alone when its port is taken', async t => {
  const { sync } = stage()
  const servicePorts = [having(externalIp('172.18.0.2'), externalIp('198.51.100.7'))]
  t.strictSame((await sync({ servicePorts })).slice(2), [
    'open 172.18.0.2:443',
    'rules [cart 172.18.0.2:443 for everybody serve 14000, cart 198.51.100.7:443 for everybody serve 14000] guard [14000]',
  ])
  const again = stage()
  const trouble = { '172.18.0.2:443': 'EADDRINUSE' }
  t.equal(
    (await again.sync({ servicePorts, trouble })).at(-1),
    'rules [cart 198.51.100.7:443 for everybody serve 14000] guard [14000]',
  )
})

t.test('an address that goes while it is listened on is nobody else’s: its portal is captured', async t => {
  const { sync } = stage()
  const trouble = { '172.18.0.2:443': 'EADDRNOTAVAIL' }
  t.equal(
    (await sync({ servicePorts: [having(externalIp('172.18.0.2'))], trouble })).at(-1),
    'rules [cart 172.18.0.2:443 for everybody serve 14000] guard [14000]',
  )
})

t.test('a local port that another program has is left to it, and the next one guarded first', async t => {
  const { sync } = stage()
  t.strictSame(await sync({ trouble: { 14000: 'EADDRINUSE' } }), [
    'prepare [14000]',
    'prepare [14001]',
    'open 14001',
    'rules [cart serve 14001] guard [14001]',
  ])
})

t.test('a port that another program has at one address is foreign, though we hold it at others', async t => {
  const { sync, events } = stage()
  const name = { ...servicePort('dns', 1).name, protocol: 'UDP' } as const
  const dns: ServicePort = {
    ...servicePort('dns', 1),
    ...{ name, id: servicePortId(name), portals: [nodePort(30_053)] },
  }
  const here = ['127.0.0.1', '172.18.0.2'].map(ipAddress)
  const trouble = { '172.18.0.2:30053': 'EADDRINUSE' }
  t.equal((await sync({ servicePorts: [dns], here, trouble })).at(-1), 'rules [] guard [14000]')
  t.match(
    events.filter(({ type }) => type === 'portal-failed'),
    [{ reason: 'EADDRINUSE 172.18.0.2:30053' }],
  )
})
