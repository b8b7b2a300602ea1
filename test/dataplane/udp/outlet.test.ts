import { boundSocket } from '../../../lib/dataplane/udp/bound-socket.js'
import { Outlet } from '../../../lib/dataplane/udp/outlet.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import t, { type Test } from 'tap'
import { runAll } from '../../capture/commands.js'
import { inNamespace, needing } from '../../namespace.js'

/** A link that takes a megabit a second, and lets whoever sends more wait. */
const slowLink = `
  ip link add slow0 type veth peer name slow1
  ip address add 10.9.0.1/24 dev slow0
  ip link set slow0 up
  ip link set slow1 up
  ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:01 dev slow0
  tc qdisc add dev slow0 root tbf rate 1mbit burst 64k limit 100mb
`

/** How many of so many were taken. */
const flood = (
  t: Test,
  datagram: Buffer,
  count: number,
): { readonly taken: number; readonly outlet: Outlet } => {
  const socket = boundSocket({ address: ipAddress('10.9.0.1') })
  socket.on('error', () => undefined)
  t.teardown(() => socket.close())
  const outlet = new Outlet(socket)
  let taken = 0
  for (let number = 0; number < count; number += 1) {
    if (!outlet.takes(datagram)) continue
    socket.send(datagram, 9, '10.9.0.2')
    taken += 1
  }
  return { taken, outlet }
}

await inNamespace(import.meta.url, async () => {
  t.test(
    'what a slow network does not take is lost, and not kept without end',
    await needing('tc', '-V'),
    async t => {
      runAll(slowLink)
      const big = flood(t, Buffer.alloc(60_000), 400)
      t.ok(
        big.outlet.socket.getSendQueueSize() <= 262_144,
        `${big.outlet.socket.getSendQueueSize()} bytes wait`,
      )
      t.ok(big.taken >= 4 && big.taken < 20, `${big.taken} of 400 were taken`)
      const empty = flood(t, Buffer.alloc(0), 10_000)
      const waiting = empty.outlet.socket.getSendQueueCount()
      t.ok(waiting <= 512, `${waiting} empty ones wait`)
    },
  )

  t.test('a network that takes everything loses nothing', async t => {
    const socket = boundSocket({ address: ipAddress('127.0.0.1') })
    t.teardown(() => socket.close())
    const outlet = new Outlet(socket)
    for (let number = 0; number < 1000; number += 1) {
      t.equal(outlet.takes(Buffer.alloc(60_000)), true)
      socket.send(Buffer.alloc(60_000), socket.address().port, '127.0.0.1')
    }
  })
})
