import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { ipAddress, type IpAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { run, runAll } from '../../capture/commands.js'
import { inNamespace, withEachIptables } from '../../namespace.js'
import { named, UdpProxy } from './stage.js'

/**
 * A node whose bridge has two networks, a pod in each, and a third interface towards the world: what REDIRECT takes for the
 * address of the bridge is 10.244.0.1, whatever network the client is in.
 */
const buildNode = (): void => {
  runAll(`
    ip link add up0 type veth peer name up1
    ip address add 192.0.2.1/24 dev up0
    ip link set up0 up
    ip link set up1 up
    ip route add default via 192.0.2.254
    ip link add br0 type bridge
    ip address add 10.244.0.1/24 dev br0
    ip address add 10.245.0.1/24 dev br0
    ip address add 10.244.0.77/24 dev br0
    ip link set br0 up
  `)
  for (const network of ['10.244.0', '10.245.0'])
    runAll(`
      ip netns add pod-${network}
      ip link add name p${network} type veth peer name eth0 netns pod-${network}
      ip link set p${network} master br0
      ip link set p${network} up
      ip -n pod-${network} address add ${network}.2/24 dev eth0
      ip -n pod-${network} link set eth0 up
      ip -n pod-${network} route add default via ${network}.1
    `)
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
}

const localAddresses = (): readonly IpAddress[] =>
  Object.values(networkInterfaces()).flatMap(all =>
    (all ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => ipAddress(address)),
  )

const local = { wildcard: 14_001, own: 14_002 }
const wildcardPortal = '10.96.0.53'
const ownPortal = '10.96.0.54'

const redirect = (iptables: string, portal: string, to: number): void => {
  for (const chain of ['PREROUTING', 'OUTPUT'])
    runAll(`${iptables} -t nat -A ${chain} -p udp -d ${portal} --dport 53 -j REDIRECT --to-ports ${to}`)
}

/** Rules until the test is over. */
const withRules = (t: Test, iptables: string): void => {
  redirect(iptables, wildcardPortal, local.wildcard)
  redirect(iptables, ownPortal, local.own)
  redirect(iptables, '127.0.0.1', local.own)
  t.teardown(() => {
    run(iptables, '-t', 'nat', '-F')
  })
}

interface Question {
  readonly client: 'connected' | 'open'
  /** A pod's, or else one of the node's. */
  readonly from: string
  readonly to: string
}

const answerTo = async ({ client, from, to }: Question): Promise<string> => {
  const where = from.endsWith('.2') ? ['ip', 'netns', 'exec', `pod-${from.replace(/\.2$/, '')}`] : ['env']
  const [program = '', ...args] = [
    ...where,
    ...[process.execPath, join(import.meta.dirname, 'client.js'), client, to, '53', from],
  ]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return (await text(child.stdout)).trim()
}

const pods = ['10.244.0.2', '10.245.0.2']
const node = ['192.0.2.1', '10.244.0.1', '10.245.0.1', '10.244.0.77']

await inNamespace(import.meta.url, async () => {
  buildNode()

  await withEachIptables('a connected client hears the portal that it asked', async (t, iptables) => {
    withRules(t, iptables)
    const { endpoint } = await named(t, 'endpoint')
    await UdpProxy.start(t, {
      endpoints: [endpoint],
      addresses: localAddresses,
      port: port(local.own),
    })
    for (const from of [...pods, ...node, '127.0.0.1']) {
      const to = from === '127.0.0.1' ? from : ownPortal
      t.equal(await answerTo({ client: 'connected', from, to }), `${to}:53 endpoint question`, `from ${from}`)
    }
  })

  // Why the listener has a socket for each address.
  await withEachIptables('a socket on 0.0.0.0 would answer from other addresses', async (t, iptables) => {
    withRules(t, iptables)
    const socket = createSocket('udp4')
    socket.on('message', (_, from) => socket.send('wildcard', from.port, from.address))
    socket.bind(local.wildcard)
    t.teardown(() => socket.close())
    await once(socket, 'listening')
    const heard = await Promise.all(
      [...pods, ...node].map(from => answerTo({ client: 'open', from, to: wildcardPortal })),
    )
    t.strictSame(heard, [
      '10.96.0.53:53 wildcard',
      '10.245.0.1:14001 wildcard',
      '192.0.2.1:14001 wildcard',
      '10.244.0.1:14001 wildcard',
      '10.245.0.1:14001 wildcard',
      '10.244.0.1:14001 wildcard',
    ])
  })

  await withEachIptables(
    'an address that comes later is served after the next update',
    async (t, iptables) => {
      withRules(t, iptables)
      const { endpoint } = await named(t, 'endpoint')
      const proxy = await UdpProxy.start(t, {
        endpoints: [endpoint],
        addresses: localAddresses,
        port: port(local.own),
      })
      runAll('ip address add 10.246.0.1/24 dev up0')
      t.teardown(() => run('ip', 'address', 'del', '10.246.0.1/24', 'dev', 'up0'))
      proxy.serveWith([endpoint])
      t.equal(
        await answerTo({ client: 'connected', from: '10.246.0.1', to: ownPortal }),
        `${ownPortal}:53 endpoint question`,
      )
    },
  )
})
