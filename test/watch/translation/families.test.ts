import t from 'tap'
import { at, service, slice } from '../api-objects.js'
import { translation } from '../translation.js'

const slices = [slice(), slice({ name: 'cart-6', addressType: 'IPv6', endpoints: [at('fd00:244::1')] })]

const both = (...clusterIPs: readonly string[]): unknown =>
  service({
    spec: {
      ...{ clusterIPs, clusterIP: clusterIPs[0], type: 'NodePort' },
      ports: [{ port: 80, nodePort: 30_080 }],
      externalIPs: ['198.51.100.1', 'fd00:198::1'],
    },
  })

const four =
  'shop/cart/TCP at 10.96.0.10:80, external-ip 198.51.100.1:80, node-port *:30080 -> 10.244.1.1:8080'
const six =
  'shop/cart/TCP/IPv6 at [fd00:96::10]:80, external-ip [fd00:198::1]:80, node-port *:30080 -> [fd00:244::1]:8080'

t.test('each family of a Service has its own cluster IP, portals and endpoints', async t => {
  t.strictSame(translation({ services: [both('10.96.0.10', 'fd00:96::10')], slices }), [four, six])
})

t.test('the order of a Service is that of its cluster IPs', async t => {
  t.strictSame(translation({ services: [both('fd00:96::10', '10.96.0.10')], slices }), [six, four])
})

t.test('a Service of one family has nothing of the other', async t => {
  t.strictSame(translation({ services: [both('fd00:96::10')], slices }), [
    six,
    'refused: Service shop/cart: its external IP 198.51.100.1 is IPv4, and its cluster IP is not',
  ])
})

t.test('what this machine has no family for is left out, and said once', async t => {
  const services = [both('10.96.0.10', 'fd00:96::10')]
  t.strictSame(translation({ services, slices }, { families: ['IPv4'] }), [
    four,
    'not for us: Service shop/cart: its IPv6 addresses are not served: this machine has no IPv6',
  ])
})

t.test('families and policies make up to four classes of a port', async t => {
  const spec = {
    ...{ clusterIPs: ['10.96.0.10', 'fd00:96::10'], type: 'NodePort', externalTrafficPolicy: 'Local' },
    ports: [{ port: 80, nodePort: 30_080 }],
  }
  const node = { metadata: { name: 'worker' } }
  t.strictSame(
    translation({ services: [service({ spec })], slices: [], node }).map(line => line.split(' ')[0]),
    ['shop/cart/TCP', 'shop/cart/TCP/Local', 'shop/cart/TCP/IPv6', 'shop/cart/TCP/IPv6/Local'],
  )
})
