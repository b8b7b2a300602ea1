import t from 'tap'
import { unnumberedIn, unnumberedInterfaces } from '../../lib/host/unnumbered-interfaces.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace } from '../namespace.js'

const ipv4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	FE0200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
ppp0	00000000	00000000	0001	0	0	9	00000000	0	0	0
tun0	0002F40A	0102F40A	0003	0	0	0	00FFFFFF	0	0	0
cali2	0300F40A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
cali1	0200F40A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
cali1	0400F40A	00000000	0005	0	0	0	FFFFFFFF	0	0	0
gre0	0001F40A	00000000	0001	0	0	0	00FFFFFF	0	0	0
*	0000F40A	00000000	0201	0	0	0	00C0FFFF	0	0	0
`

const ipv6 = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000002000000000000000000000001 00000400 00000001 00000000 00000003     eth0
fd000002000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001     ppp0
fd000244000100000000000000000000 40 00000000000000000000000000000000 00 fd000244000100000000000000000001 00000400 00000001 00000000 00000003     tun0
fd000244000000000000000000000003 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001    cali2
fd000244000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001    cali1
fd000244000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00200200       lo
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001      br0
fe800000000000000000000000000000 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00300001      br0
fd000002000000000000000000000009 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80200001     vip0
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001      br0
`

const addresses = (...each: readonly string[]) => each.map(address => ({ address }))

t.test('interfaces with neighbours, but without an IPv4 address, are named', async t => {
  const interfaces = {
    lo: addresses('127.0.0.1'),
    eth0: addresses('192.0.2.1', 'fe80::1'),
    cali2: addresses('fe80::2'),
  }
  t.strictSame(unnumberedIn(ipv4, { family: 'IPv4', interfaces }), ['cali1', 'cali2', 'gre0'])
})

t.test('so are those without an IPv6 address that has a meaning beyond their link', async t => {
  const interfaces = {
    eth0: addresses('192.0.2.1', 'fd00:2::1'),
    cali1: addresses('10.0.0.1'),
    cali2: addresses('fe80::2'),
    br0: addresses('fe80::3'),
  }
  t.strictSame(unnumberedIn(ipv6, { family: 'IPv6', interfaces }), ['cali1', 'cali2'])
})

t.test('where the system does not tell there are none', async t => {
  const silent = { ...machine, readFile: () => Promise.resolve(undefined) }
  t.strictSame(await unnumberedInterfaces(silent, 'IPv4'), [])
  t.strictSame(await unnumberedInterfaces(silent, 'IPv6'), [])
})

const run = async (command: string): Promise<void> => {
  const [program = '', ...args] = command.split(' ')
  const { code, stderr } = await machine.run(program, args, { timeout: seconds(10) })
  if (code !== 0) throw new Error(`${command}: ${stderr}`)
}

await inNamespace(import.meta.url, () => {
  t.test('a pod’s interface is named as long as it has a route and no address', async t => {
    // So that the interfaces of this namespace are there, and not the machine's.
    await run('mount -t sysfs sysfs /sys')
    await run('ip link add cali1 type veth peer name pod1')
    await run('ip link set cali1 up')
    await run('ip link set pod1 up')
    t.strictSame(await unnumberedInterfaces(machine, 'IPv4'), [], 'nobody is there')
    await run('ip route add 10.244.0.2/32 dev cali1')
    await run('ip -6 route add fd00:244::2/128 dev cali1')
    t.strictSame(await unnumberedInterfaces(machine, 'IPv4'), ['cali1'])
    t.strictSame(await unnumberedInterfaces(machine, 'IPv6'), ['cali1'])
    await run('ip address add 10.244.0.1/32 dev cali1')
    t.strictSame(await unnumberedInterfaces(machine, 'IPv4'), [])
    t.strictSame(await unnumberedInterfaces(machine, 'IPv6'), ['cali1'])
    await run('ip address add fd00:244::1/64 dev cali1')
    t.strictSame(await unnumberedInterfaces(machine, 'IPv6'), [])
  })

  t.test('an interface over which nothing can come is not named, whatever its address', async t => {
    await run('ip link add docker0 type veth peer name none0')
    await run('ip address add 172.17.0.1/16 dev docker0')
    await run('ip link set docker0 up')
    t.match(await machine.readFile('/proc/self/net/route'), /^docker0\s/m)
    t.strictSame(await unnumberedInterfaces(machine, 'IPv4'), [])
  })
})
