import { open } from 'node:fs/promises'
import t from 'tap'
import { connectedAddresses } from '../../lib/host/connected-addresses.js'
import { listenerAt } from '../../lib/host/darwin/listener.js'
import { darwinOpenFileLimit } from '../../lib/host/darwin/open-files.js'
import { routeIn } from '../../lib/host/darwin/route.js'
import { socketsIn } from '../../lib/host/darwin/sockets.js'
import { listeningPorts } from '../../lib/host/listening-ports.js'
import { checkOpenFiles, openFileLimit } from '../../lib/host/open-files.js'
import { hasOtherSocket } from '../../lib/host/other-sockets.js'
import { openDescriptors } from '../../lib/host/process-usage.js'
import { checkPrivileges } from '../../lib/host/privileges.js'
import { routeTo } from '../../lib/host/route.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { darwinHost } from './darwin-host.js'
import { listener, noRoute, routes, tcpSockets } from './recorded.js'

const at = (address: string, number: number) => ({ address: ipAddress(address), port: port(number) })

t.test('sockets are read with both ends, in every notation of an address', async t => {
  const found = socketsIn(tcpSockets).map(({ local, remote, state }) =>
    [local, remote].map(end => `${end.address ?? '*'} ${end.port ?? '*'}`).concat(state),
  )
  t.strictSame(found, [
    ['10.96.0.10 80', '10.96.0.10 52413', 'ESTABLISHED'],
    ['192.0.2.23 52040', '140.82.114.4 443', 'CLOSE_WAIT'],
    ['192.0.2.23 52041', '140.82.114.4 443', 'SYN_SENT'],
    ['fd00:10:96::4730 80', 'fd00:10:96::4730 58090', 'FIN_WAIT_1'],
    ['::1 58090', '::1 2222', 'TIME_WAIT'],
    ['127.0.0.1 631', '* *', 'LISTEN'],
    ['::1 631', '* *', 'LISTEN'],
    ['* 10256', '* *', 'LISTEN'],
    ['* *', '* *', 'CLOSED'],
  ])
})

t.test('an address is connected while somebody may be at the other end', async t => {
  t.strictSame(
    [...(await connectedAddresses(darwinHost().host))],
    ['10.96.0.10', '192.0.2.23', 'fd00:10:96::4730'],
  )
})

t.test('a client that has the port of a socket of ours, but goes elsewhere, is told from it', async t => {
  const { host } = darwinHost()
  const local = at('192.0.2.23', 52_041)
  t.equal(await hasOtherSocket(host, local, at('140.82.114.4', 443)), false)
  t.equal(await hasOtherSocket(host, local, at('140.82.114.5', 443)), true)
  t.equal(await hasOtherSocket(host, at('::1', 58_090), at('::1', 1)), false, 'nobody has it any more')
})

t.test('ports are known that somebody listens on, and who that is', async t => {
  const { host, says } = darwinHost()
  t.strictSame([...((await listeningPorts(host, 'TCP')) ?? [])], [631, 10_256])
  t.strictSame([...((await listeningPorts(host, 'UDP')) ?? [])], [53, 5353])
  const asked = 'lsof -nP -iTCP:10256 -sTCP:LISTEN -Fpc'
  t.equal(await listenerAt(host, port(10_256)), undefined, 'there is no lsof')
  says.set(asked, { stdout: listener })
  t.equal(await listenerAt(host, port(10_256)), 'kube-proxy (process 4711)')
  says.set(asked, { code: 1 })
  t.equal(await listenerAt(host, port(10_256)), undefined, "it is another user's")
})

t.test('without netstat nothing is known, and nothing fails', async t => {
  const { host, says } = darwinHost()
  for (const protocol of ['tcp', 'udp']) says.delete(`netstat -anl -p ${protocol}`)
  t.equal(await listeningPorts(host, 'UDP'), undefined)
  t.strictSame([...(await connectedAddresses(host))], [])
})

t.test('the way to an address is told, through a VPN, too, and where there is none', async t => {
  t.strictSame(routeIn(routes.gateway, ''), { kind: 'route', text: 'default via 192.0.2.1 dev en1' })
  t.strictSame(routeIn(routes.tunnel, ''), { kind: 'route', text: 'default dev utun13' })
  t.strictSame(routeIn(routes.own, ''), { kind: 'local', text: 'local 10.96.0.10 dev lo0' })
  t.strictSame(routeIn(routes.rejected, ''), {
    kind: 'none',
    reason: '192.0.2.204 dev en7 refuses what is sent there',
  })
  t.strictSame(routeIn('', noRoute), { kind: 'none', reason: 'not in table' })
  const { host } = darwinHost()
  t.match(await routeTo(host, ipAddress('192.0.43.10')), { kind: 'route' })
  t.match(await routeTo(host, ipAddress('2001:db8::1')), { kind: 'none' })
  const unknown = { kind: 'unknown', reason: 'there is no program route here' }
  t.strictSame(await routeTo(host, ipAddress('10.96.0.10')), unknown)
})

t.test('of the limits on open files the lower one counts', async t => {
  const { host, says } = darwinHost()
  t.equal(await darwinOpenFileLimit(host, () => 10_240), 10_240)
  t.equal(await darwinOpenFileLimit(host, () => Infinity), 245_760)
  const most = 'sysctl -n kern.maxfilesperproc'
  says.set(most, { code: 1, stderr: "sysctl: unknown oid 'kern.maxfilesperproc'\n" })
  t.equal(await darwinOpenFileLimit(host, () => Infinity), Infinity)
  t.ok((await openFileLimit(host)) < Infinity, "Node's own report has this process's")
  says.set(most, { stdout: '256\n' })
  await t.rejects(checkOpenFiles(host), { code: 'missing', cure: /ulimit -n 20000.*kern\.maxfilesperproc/ })
})

t.test('open descriptors are counted where there is no /proc', async t => {
  const before = await openDescriptors('/no/proc')
  const more = await Promise.all([1, 2, 3].map(() => open('/dev/null')))
  t.equal(await openDescriptors('/no/proc'), before + more.length)
  await Promise.all(more.map(each => each.close()))
})

t.test('root may give lo0 addresses, and nobody else', async t => {
  const { host, says } = darwinHost()
  await checkPrivileges(host, 'run it with sudo')
  says.set('id -u', { stdout: '501\n' })
  await t.rejects(checkPrivileges(host, 'run it with sudo'), {
    code: 'missing',
    message: 'no right to give lo0 addresses: only root may',
    cure: 'run it with sudo',
  })
})
