import t from 'tap'
import type { Output } from '../../lib/host/host.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Protocol, ServicePort } from '../../lib/model/service-port.js'
import { settled } from '../fake-clock.js'
import { dnsAddress, SplitDnsNames } from '../../lib/names/split-dns.js'

const named = (
  service: string,
  address: string,
  { namespace = 'kube-system', protocol = 'UDP', number = 53 } = {},
): Pick<ServicePort, 'name' | 'portals'> => {
  const of: Protocol = protocol === 'UDP' ? 'UDP' : 'TCP'
  return {
    name: { namespace, service, port: '', protocol: of },
    portals: [{ kind: 'cluster-ip', address: ipAddress(address), port: port(number) }],
  }
}

const kubeDns = named('kube-dns', '10.96.0.10')

t.test('the cluster answers DNS at kube-dns, or what else kube-system has for it', async t => {
  t.equal(dnsAddress([named('coredns', '10.96.0.9'), kubeDns]), '10.96.0.10')
  t.equal(dnsAddress([named('coredns', '10.96.0.9')]), '10.96.0.9')
  const others = [
    named('kube-dns', '10.96.0.1', { protocol: 'TCP' }),
    named('kube-dns', '10.96.0.2', { namespace: 'shop' }),
    named('kube-dns', '10.96.0.3', { number: 9153 }),
  ]
  t.equal(dnsAddress(others), undefined)
})

const stage = () => {
  const ran: string[] = []
  const events: ProxyEvent[] = []
  const done: Output = { code: 0, stdout: '', stderr: '' }
  const names = new SplitDnsNames({
    host: {
      run: (program, args) => (ran.push([program, ...args].join(' ')), Promise.resolve(done)),
      readFile: () => Promise.resolve(ran.length > 0 ? '7\n' : undefined),
    },
    domain: 'cluster.local',
    report: event => events.push(event),
  })
  return { names, ran, events }
}

t.test('it is pointed there once, and again when the address is another', async t => {
  const { names, ran, events } = stage()
  names.update([kubeDns])
  names.update([kubeDns])
  names.update([named('kube-dns', '10.96.0.11')])
  await settled()
  await names.close()
  names.update([kubeDns])
  t.strictSame(
    ran.filter(command => command.startsWith('resolvectl dns')),
    ['resolvectl dns kube-portal0 10.96.0.10', 'resolvectl dns kube-portal0 10.96.0.11'],
  )
  t.match(events, [
    { type: 'names-asked', server: '10.96.0.10' },
    { type: 'names-asked', server: '10.96.0.11' },
  ])
  t.equal(events.length, 2)
  await names.remove()
  t.equal(ran.at(-1), 'ip link delete kube-portal0')
})

t.test('a cluster without DNS is said once, with what to do', async t => {
  const { names, events } = stage()
  names.update([])
  names.update([])
  await settled()
  t.strictSame(events, [
    {
      ...{ type: 'names-failed', path: 'systemd-resolved' },
      reason: 'no Service in kube-system has UDP port 53; what to do: use --dns hosts',
    },
  ])
})
