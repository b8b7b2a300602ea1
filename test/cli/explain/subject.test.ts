import t from 'tap'
import { subjectOf } from '../../../lib/cli/explain/subject.js'
import { target } from '../../../lib/cli/explain/target.js'
import { Failure } from '../../../lib/model/failure.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { servedPort, service, services } from '../../control/statuses.js'

const addresses = ['127.0.0.1', '172.18.0.2', 'fd00:18::2'].map(ipAddress)
const elsewhere = service('cart', [servedPort()], { namespace: 'test' })

/** What it means: the service port, and where; else what is said. */
const meaning = (text: string, namespace?: string, capture = 'redirect'): string => {
  try {
    const { port, place } = subjectOf(target(text), {
      ...{ services: [...services, elsewhere], addresses },
      ...{ namespace, capture },
    })
    return `${port?.id ?? 'none'} at ${place ? `${place.address} ${place.port}` : 'none'}${place?.isNodePort ? ' (node port)' : ''}`
  } catch (error) {
    return error instanceof Failure ? `${error.message}: ${error.cure}` : String(error)
  }
}

t.test('places, node ports and Services are found', async t => {
  t.equal(meaning('10.96.0.11:443'), 'shop/edge/TCP at 10.96.0.11 443')
  t.equal(meaning('[fd00:10:96::11]:443'), 'shop/edge/TCP/IPv6 at fd00:10:96::11 443')
  t.equal(meaning('172.18.0.2:30443'), 'shop/edge/TCP at 172.18.0.2 30443 (node port)')
  t.equal(meaning('10.96.0.53:53/udp'), 'kube-system/kube-dns:dns/UDP at 10.96.0.53 53')
  t.equal(meaning('svc/kube-dns'), 'kube-system/kube-dns:dns/UDP at 10.96.0.53 53')
  t.equal(meaning('svc/kube-dns:dns-tcp'), 'kube-system/kube-dns:dns-tcp/TCP at 10.96.0.53 53')
  t.equal(meaning('service/cart:80', 'shop'), 'shop/cart:http/TCP at 10.96.0.10 80')
  t.equal(meaning('svc/db'), 'none at none')
})

t.test('where nothing is captured, a Service is at its local port', async t => {
  t.equal(meaning('svc/cart:80', 'shop', 'socks'), 'shop/cart:http/TCP at 127.0.0.1 14003')
})

t.test('what is not there is answered with what may have been meant', async t => {
  t.equal(
    meaning('10.96.0.11:80'),
    'no Service is proxied at 10.96.0.11:80 over TCP: did you mean 10.96.0.11:443, 10.96.0.10:80, 10.96.0.12:80?',
  )
  t.equal(
    meaning('192.0.2.1:9'),
    'no Service is proxied at 192.0.2.1:9 over TCP: kube-portal status shows all that there are',
  )
  t.equal(meaning('svc/carts'), 'there is no Service carts: did you mean cart?')
  t.equal(meaning('svc/cart'), 'there is a Service cart in 2 namespaces: choose one with -n: shop, test')
  t.equal(
    meaning('svc/kube-dns:metrics'),
    'Service kube-system/kube-dns has no port metrics: choose one that it has: dns, dns-tcp',
  )
})

t.test('what is neither place nor Service is refused', async t => {
  for (const text of ['web', 'svc/', '10.96.0.1', '10.96.0.1:0', '300.1.1.1:80', '::1:80', '[::1]'])
    t.throws(() => target(text), RangeError, text)
})
