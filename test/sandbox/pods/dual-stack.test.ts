import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { machine } from '../../../lib/host/machine.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { nodeAddresses, outsideAddresses } from '../../../lib/sandbox/network/addresses.js'
import { familiesHere } from '../../../lib/sandbox/network/families.js'
import { connectNode } from '../../../lib/sandbox/network/node-network.js'
import { startPodHost } from '../../../lib/sandbox/pods/pod-host.js'
import { inNamespace, needing } from '../../namespace.js'

const client = ipAddress('fd00:10:244::9')
const address = ipAddress('fd00:10:244::b')
const outside = outsideAddresses.IPv6
const node = nodeAddresses.IPv6

await inNamespace(import.meta.url, async () => {
  const families = await familiesHere(machine)
  const ipv6 = { skip: !families.includes('IPv6') && 'the kernel has no IPv6 here' } as const
  const pods = await startPodHost()
  t.teardown(() => pods.close())
  await connectNode(machine, pods.pid, families)
  if (!ipv6.skip)
    await pods.serve({
      ...{ uid: 'uid', name: 'web', addresses: [ipAddress('10.244.0.11'), address] },
      ports: [
        { protocol: 'TCP', port: port(80) },
        { protocol: 'UDP', port: port(80) },
      ],
    })

  t.test('a pod answers at its addresses of both families', ipv6, async t => {
    for (const host of ['10.244.0.11', `[${address}]`])
      t.equal(await (await fetch(`http://${host}/`)).text(), 'web\n')
  })

  t.test('over IPv6, too, a pod tells who its client is', ipv6, async t => {
    t.equal(await (await fetch(`http://[${address}]/clientip`)).text(), 'fd00:10:244::1\n')
    for (const from of [client, outside]) {
      const socket = await pods.connect(from, { address, port: port(80) })
      socket.end('clientip\n')
      t.equal(await text(socket), `${from}\n`)
    }
  })

  t.test('datagrams come back over IPv6', ipv6, async t => {
    const socket = await pods.bind(client)
    socket.send('hostname\n', 80, address)
    t.match(await once(socket, 'message'), [Buffer.from('web\n'), { address, port: 80 }])
    socket.close()
  })

  t.test('an IPv6 address that no pod has refuses, on this Node and on another', ipv6, async t => {
    for (const nobody of ['fd00:10:244::c', 'fd00:10:244:1::2']) {
      const there = { address: ipAddress(nobody), port: port(80) }
      await t.rejects(once(connect(80, nobody), 'connect'), { code: 'ECONNREFUSED' })
      await t.rejects(pods.connect(client, there), { code: 'ECONNREFUSED' })
    }
  })

  t.test('an IPv6 cluster IP that nobody captured is unreachable, and said to be so', ipv6, async t => {
    const portal = { address: ipAddress('fd00:10:96::a'), port: port(80) }
    await t.rejects(pods.connect(client, portal), { code: 'ENETUNREACH' })
  })

  const rules = await needing('ip6tables', '-t', 'nat', '-S')
  const both = { skip: ipv6.skip || rules.skip } as const
  t.test('a redirected IPv6 cluster IP works for the node, pods and outside', both, async t => {
    const server = createServer(socket => socket.end(`for ${socket.remoteAddress ?? ''}`))
    await once(server.listen(8080, '::'), 'listening')
    for (const chain of ['PREROUTING', 'OUTPUT']) {
      const rule = `-t nat -A ${chain} -d fd00:10:96::b -p tcp -j REDIRECT --to-ports 8080`
      t.match(await machine.run('ip6tables', rule.split(' '), { timeout: seconds(10) }), { code: 0 })
    }
    const portal = { address: ipAddress('fd00:10:96::b'), port: port(80) }
    const clients = [await pods.connect(client, portal), await pods.connect(outside, portal)]
    const answers = await Promise.all([...clients, connect(80, portal.address)].map(socket => text(socket)))
    t.strictSame(answers, [`for ${client}`, `for ${outside}`, `for ${node}`])
    server.close()
  })

  t.test('clients reach the node at its IPv6 InternalIP', ipv6, async t => {
    for (const from of [client, outside])
      await t.rejects(pods.connect(from, { address: node, port: port(9) }), { code: 'ECONNREFUSED' })
  })
})
