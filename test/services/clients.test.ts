import t from 'tap'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import { type Family, familyOf, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { bridgeAddresses, nodeAddresses, outsideAddresses } from '../../lib/sandbox/network/addresses.js'
import { listAt, textAt } from '../../lib/sandbox/json.js'
import { startSandbox } from '../../lib/sandbox/sandbox.js'
import { inNamespace } from '../namespace.js'
import type { Client } from './client.js'
import { clientsOf } from './clients.js'
import { deployment, podsOf, whenReady } from './workloads.js'

const silent: Readonly<Record<Family, IpAddress>> = {
  IPv4: ipAddress('192.0.2.1'),
  IPv6: ipAddress('2001:db8::1'),
}

await inNamespace(import.meta.url, async () => {
  const { objects, pods, families, ...sandbox } = await startSandbox({
    ...{ host: machine, clock, now: () => new Date(), random: Math.random },
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  t.teardown(() => sandbox.close())
  const clients = clientsOf(pods)
  objects.create('deployments', deployment('web', {}))
  const [name] = await whenReady(objects, 'web')
  const addresses = podsOf(objects, 'web').flatMap(pod =>
    listAt(pod, 'status', 'podIPs').map(entry => ipAddress(textAt(entry, 'ip'))),
  )

  for (const family of families) {
    const web = {
      address: addresses.find(each => familyOf(each) === family) ?? silent.IPv4,
      port: port(8080),
    }
    const everybody: readonly (readonly [Client, string])[] = [
      [clients.node, bridgeAddresses[family]],
      [clients.pod(), family === 'IPv4' ? '10.244.0.200' : 'fd00:10:244::c8'],
      [clients.pod(1), family === 'IPv4' ? '10.244.0.201' : 'fd00:10:244::c9'],
      [clients.podElsewhere(), family === 'IPv4' ? '10.244.1.200' : 'fd00:10:244:1::c8'],
      [clients.outside, outsideAddresses[family]],
      [clients.at(web.address), web.address],
    ]

    t.test(`whoever asks over ${family} hears who answers, and is known by an address`, async t => {
      for (const [client, address] of everybody) {
        t.strictSame([await client.tcp(web), await client.udp(web)], [name, name], address)
        t.equal(await client.tcp(web, 'clientip'), address)
        t.equal(await client.udp(web, 'clientip'), address)
      }
    })

    t.test(`who is refused over ${family} is told so, each time, over TCP and UDP`, async t => {
      const shut = { ...web, port: port(9) }
      const onNode = { address: nodeAddresses[family], port: port(9) }
      for (let time = 0; time < 8; time++)
        for (const [client, address] of everybody) {
          t.equal(await client.tcp(shut), 'ECONNREFUSED', address)
          t.equal(await client.udp(shut), 'ECONNREFUSED', address)
          t.equal(await client.udp(onNode), 'ECONNREFUSED', `${address}, of the node`)
        }
    })

    t.test(`who gets no answer over ${family} at all hears silence`, async t => {
      const nobody = { address: silent[family], port: port(80) }
      const heard = [clients.node.tcp(nobody), clients.pod().tcp(nobody), clients.pod().udp(nobody)]
      t.strictSame(await Promise.all(heard), ['SILENCE', 'SILENCE', 'SILENCE'])
    })
  }
})
