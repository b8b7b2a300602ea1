import { once } from 'node:events'
import { Agent, get, type IncomingMessage, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { machine } from '../../../lib/host/machine.js'
import { type IpAddress, ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { connectNode, inPods } from '../../../lib/sandbox/network/node-network.js'
import { nodeAddress, outsideAddress } from '../../../lib/sandbox/network/addresses.js'
import type { ServedPod } from '../../../lib/sandbox/pods/messages.js'
import { startPodHost } from '../../../lib/sandbox/pods/pod-host.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { inNamespace, needing, withEachIptables } from '../../namespace.js'

const client = ipAddress('10.244.0.9')

const addressOf = ({ addresses: [address] }: ServedPod): IpAddress => {
  if (!address) throw new Error('a pod without an address')
  return address
}

const web = (number: number): ServedPod => ({
  uid: `uid-${number}`,
  name: `web-${number}`,
  addresses: [ipAddress(`10.244.0.${10 + number}`)],
  ports: [
    { protocol: 'TCP', port: port(80) },
    { protocol: 'UDP', port: port(80) },
  ],
})

const at = (pod: ServedPod) => ({ address: addressOf(pod), port: port(80) }) as const

const answered = (call: ReturnType<typeof request>): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => call.once('response', resolve).once('error', reject).end())

await inNamespace(import.meta.url, async () => {
  const pods = await startPodHost()
  t.teardown(() => pods.close())
  await connectNode(machine, pods.pid, ['IPv4'])
  const [one, two] = [web(1), web(2)]
  await pods.serve(one)
  await pods.serve(two)

  t.test('each pod answers the node with its own name', async t => {
    const names = [one, two].map(async pod => (await fetch(`http://${addressOf(pod)}/`)).text())
    t.strictSame(await Promise.all(names), ['web-1\n', 'web-2\n'])
  })

  t.test('a pod tells who its client is: the node by its bridge, a pod by its own address', async t => {
    t.equal(await (await fetch(`http://${addressOf(one)}/clientip`)).text(), '10.244.0.1\n')
    const socket = await pods.connect(client, at(one))
    socket.end('clientip\n')
    t.equal(await text(socket), '10.244.0.9\n')
  })

  t.test('an HTTP connection carries many requests', async t => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const name of ['web-1\n', 'web-1\n']) {
      const response = await answered(get({ agent, host: addressOf(one) }))
      t.equal(await text(response), name)
    }
    t.equal(Object.values(agent.freeSockets).flat().length, 1)
    agent.destroy()
  })

  t.test('what is posted comes back', async t => {
    const response = await fetch(`http://${addressOf(one)}/`, { method: 'POST', body: 'x'.repeat(100_000) })
    t.equal((await response.text()).length, 100_000)
  })

  t.test('a client that ends first still gets the last byte back', async t => {
    const socket = await pods.connect(client, at(one))
    socket.end('x'.repeat(1_048_576))
    t.equal((await text(socket)).length, 1_048_576)
  })

  t.test('a client that says nothing and ends is ended', async t => {
    const socket = await pods.connect(client, at(one))
    socket.end()
    t.equal(await text(socket), '')
  })

  t.test('datagrams come back, of any size, from the address they went to', async t => {
    const socket = await pods.bind(client)
    for (const size of [0, 1, 1472, 4097, 65_507]) {
      socket.send(Buffer.alloc(size, 'x'), 80, addressOf(two))
      const peer = { address: addressOf(two), port: 80, size }
      t.match(await once(socket, 'message'), [Buffer.alloc(size, 'x'), peer])
    }
    socket.send('hostname\n', 80, addressOf(two))
    t.match(await once(socket, 'message'), [Buffer.from('web-2\n')])
    socket.close()
  })

  t.test('no two UDP sockets share what comes in', async t => {
    const socket = await pods.bind(client)
    for (let round = 0; round < 20; round += 1) {
      socket.send(String(round), 80, addressOf(one))
      t.match(await once(socket, 'message'), [Buffer.from(String(round))])
    }
    socket.close()
  })

  t.test('a port that no pod has refuses', async t => {
    await t.rejects(pods.connect(client, { address: addressOf(one), port: port(81) }), {
      code: 'ECONNREFUSED',
    })
  })

  t.test('a pod that was stopped refuses, and its connections end', async t => {
    const gone = web(3)
    await pods.serve(gone)
    const socket = await pods.connect(client, at(gone))
    socket.write('hostname')
    t.match(await once(socket, 'data'), [Buffer.from('web-3\n')])
    await Promise.all([once(socket, 'end'), pods.stop(gone.uid)])
    await t.rejects(pods.connect(client, at(gone)), { code: 'ECONNREFUSED' })
    socket.destroy()
  })

  t.test('a pod whose port is taken serves none of its ports', async t => {
    const clash: ServedPod = {
      ...web(1),
      uid: 'clash',
      ports: [...web(4).ports, { protocol: 'TCP', port: port(81) }],
    }
    await t.rejects(pods.serve(clash), { code: 'EADDRINUSE' })
    await t.rejects(pods.connect(client, { address: addressOf(clash), port: port(81) }), {
      code: 'ECONNREFUSED',
    })
  })

  t.test('a cluster IP that nobody captured is unreachable, and said to be so', async t => {
    const portal = { address: ipAddress('10.96.0.10'), port: port(80) }
    await t.rejects(pods.connect(client, portal), { code: 'EHOSTUNREACH' })
  })

  await withEachIptables(
    'a redirected cluster IP works for the node, pods and outside',
    async (t, iptables) => {
      const server = createServer(socket => socket.end(`for ${socket.remoteAddress ?? ''}`))
      await once(server.listen(8080, '0.0.0.0'), 'listening')
      const redirect = async (how: '-A' | '-D'): Promise<void> => {
        for (const chain of ['PREROUTING', 'OUTPUT']) {
          const rule = `-t nat ${how} ${chain} -d 10.96.0.11 -p tcp -j REDIRECT --to-ports 8080`
          t.match(await machine.run(iptables, rule.split(' '), { timeout: seconds(10) }), { code: 0 })
        }
      }
      await redirect('-A')
      const portal = { address: ipAddress('10.96.0.11'), port: port(80) }
      const clients = await Promise.all([pods.connect(client, portal), pods.connect(outsideAddress, portal)])
      const answers = await Promise.all([...clients, connect(80, portal.address)].map(socket => text(socket)))
      t.strictSame(answers, ['for 10.244.0.9', 'for 172.18.0.1', 'for 172.18.0.2'])
      await redirect('-D')
      server.close()
    },
  )

  t.test('a client can go on when its server has ended', async t => {
    const heard = new Promise(resolve => {
      const server = createServer({ allowHalfOpen: true }, connection => {
        connection.end('bye')
        resolve(text(connection))
        server.close()
      }).listen(8081)
    })
    const socket = await pods.connect(client, { address: nodeAddress, port: port(8081) })
    socket.resume()
    await once(socket, 'end')
    socket.end('still here')
    t.equal(await heard, 'still here')
  })

  t.test('pods and clients from outside reach the node at its InternalIP', async t => {
    for (const from of [client, outsideAddress])
      await t.rejects(pods.connect(from, { address: nodeAddress, port: port(9) }), { code: 'ECONNREFUSED' })
  })

  t.test('a program can be run among the pods', await needing('curl', '--version'), async t => {
    const [program, ...args] = [...inPods(pods.pid), 'curl', '-s', '--interface', client]
    const output = await machine.run(program, [...args, `http://${addressOf(two)}/clientip`], {
      timeout: seconds(10),
    })
    t.strictSame(output, { code: 0, stdout: `${client}\n`, stderr: '' })
  })

  t.test('when the pod host has ended, requests fail instead of waiting', async t => {
    const other = await startPodHost()
    await other.close()
    await other.close()
    await t.rejects(other.serve(one), /has ended/)
  })
})
