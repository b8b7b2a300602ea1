import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { echo } from '../dataplane/stage.js'
import { inNamespace, withEachIptables } from '../namespace.js'
import { served, Stage } from './self-test-stage.js'

const run = async (command: string): Promise<void> => {
  const [program = '', ...args] = command.split(' ')
  const { code, stderr } = await machine.run(program, args, { timeout: seconds(10) })
  if (code !== 0) throw new Error(`${command}: ${stderr}`)
}

const portal: Endpoint = { address: ipAddress('10.96.0.10'), port: port(80) }

const defaultRoute = 'ip route add default via 192.0.2.254'

await inNamespace(import.meta.url, async () => {
  for (const command of [
    'ip link add up0 type veth peer name up1',
    'ip address add 192.0.2.1/24 dev up0',
    'ip link set up0 up',
    'ip link set up1 up',
    'ip neighbour add 192.0.2.254 lladdr 02:00:00:00:00:fe dev up0',
    defaultRoute,
  ])
    await run(command)

  t.test('without a route it says so, and what the cure is', async t => {
    const stage = await Stage.start(t)
    await run('ip route del default')
    t.teardown(() => run(defaultRoute))
    t.match(await stage.try(served(portal)), [
      { outcome: 'no route', reason: /ENETUNREACH/, cure: /add a default route/ },
    ])
  })

  await withEachIptables('it says whether the rules lead to the listener', async (t, iptables) => {
    const stage = await Stage.start(t)
    const other = await echo(t)
    const rule = (text: string): Promise<void> => run(`${iptables} -w ${text}`)
    const nat = (command: string, target: string): Promise<void> =>
      rule(`-t nat ${command} -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j ${target}`)
    t.teardown(() => rule('-t nat -F'))
    const cart = served(portal)

    await nat('-I OUTPUT', `DNAT --to-destination 127.0.0.1:${other.port}`)
    t.match(await stage.try(cart), [{ portal, outcome: 'bypassed' }])
    await nat('-A OUTPUT', `REDIRECT --to-ports ${stage.listener.port}`)
    t.strictSame(await stage.try(cart), [], 'the other one still comes before')

    await rule('-A INPUT -p tcp -j DROP')
    t.match(await stage.try(cart), [{ outcome: 'timeout', reason: /within 2750 ms/, cure: /is dropped/ }])
    await rule('-R INPUT 1 -p tcp -j REJECT --reject-with icmp-admin-prohibited')
    t.match(await stage.try(cart), [{ outcome: 'refused', reason: /EHOSTUNREACH/ }])
    await rule('-D INPUT 1')

    await nat('-D OUTPUT', `DNAT --to-destination 127.0.0.1:${other.port}`)
    t.match(await stage.try(cart), [{ portal, outcome: 'well' }])
    t.strictSame(stage.proxy.events, [])
  })
})
