import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { Portal } from '../../lib/model/portal.js'
import type { ServicePort } from '../../lib/model/service-port.js'
import { hostsLines } from '../../lib/names/hosts-lines.js'

const at = (kind: 'cluster-ip' | 'external-ip', address: string): Portal => ({
  ...{ kind, address: ipAddress(address), port: port(80), clients: 'everybody' },
})

const servicePort = (
  service: string,
  portals: readonly Portal[],
  namespace = 'shop',
): Pick<ServicePort, 'name' | 'portals'> => ({
  ...{ name: { namespace, service, port: '', protocol: 'TCP' }, portals },
})

t.test('each cluster IP has a line with the names of its Service, and no other address has', async t => {
  const services = [
    servicePort('cart', [at('cluster-ip', 'fd00::4')]),
    servicePort('cart', [at('cluster-ip', '10.96.31.4'), at('external-ip', '198.51.100.7')]),
    servicePort('cart', [at('cluster-ip', '10.96.31.4')]),
    servicePort('api', [at('cluster-ip', '10.96.99.9')]),
    servicePort('zoo', [at('cluster-ip', '10.96.0.2')], 'animals'),
    servicePort('outer', [at('external-ip', '198.51.100.8')]),
  ]
  t.strictSame(hostsLines(services, 'cluster.local'), [
    '10.96.0.2  zoo.animals.svc.cluster.local zoo.animals.svc',
    '10.96.99.9  api.shop.svc.cluster.local api.shop.svc',
    '10.96.31.4  cart.shop.svc.cluster.local cart.shop.svc',
    'fd00::4  cart.shop.svc.cluster.local cart.shop.svc',
  ])
})

t.test('a name that could end the line has none', async t => {
  const hostile = ['a\n127.0.0.1 bank', 'a b', 'a#', '', 'A', 'a.b']
  const services = hostile.flatMap(each => [
    servicePort(each, [at('cluster-ip', '10.96.31.4')]),
    servicePort('cart', [at('cluster-ip', '10.96.31.5')], each),
  ])
  t.strictSame(hostsLines(services, 'cluster.local'), [])
})
