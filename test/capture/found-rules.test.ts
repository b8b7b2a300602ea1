import t from 'tap'
import { placeOf, rulesAt, type WantedPlace } from '../../lib/capture/found-rules.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { saved } from './counted-rules.js'

const place = (address: string, number: number, change: Partial<WantedPlace> = {}): WantedPlace => ({
  ...{ address: ipAddress(address), port: port(number), protocol: 'TCP', isNodePort: false },
  ...change,
})

t.test('the rules that name a place are found, ours and others, with what they counted', async t => {
  t.strictSame(rulesAt(saved, place('10.96.0.10', 80)), [
    ...[['KUBE-PORTALS-CONTAINER', 7] as const, ['KUBE-PORTALS-HOST', 2] as const].map(
      ([chain, packets]) => ({
        ...{ table: 'nat', chain, isOurs: true, packets, target: 'REDIRECT', port: 14_003 },
        comment: 'shop/cart:http',
      }),
    ),
    {
      ...{ table: 'nat', chain: 'KUBE-SERVICES', isOurs: false, packets: 4, target: 'KUBE-SVC-CART' },
      comment: 'shop/cart:http cluster IP',
    },
  ])
  t.match(rulesAt(saved, place('10.96.0.10', 80, { protocol: 'UDP' })), [])
  t.match(rulesAt(saved, place('10.96.0.11', 443)), [
    { table: 'filter', chain: 'KUBE-PORTAL-REFUSE', packets: 3, target: 'REJECT' },
  ])
})

t.test('a node port is found wherever it is reached, and only as one', async t => {
  const here = place('172.18.0.2', 30_080, { isNodePort: true })
  t.match(rulesAt(saved, here), [{ chain: 'KUBE-NODEPORT-HOST', port: 14_003 }])
  t.strictSame(rulesAt(saved, { ...here, isNodePort: false }), [])
})

t.test('the place of a Service is found by what its rules say', async t => {
  t.strictSame(
    placeOf(saved, comment => comment === 'shop/cart:http'),
    place('10.96.0.10', 80),
  )
  t.equal(
    placeOf(saved, () => false),
    undefined,
  )
})
