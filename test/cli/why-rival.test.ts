import t from 'tap'
import type { KubeProxyRules } from '../../lib/capture/kube-proxy.js'
import { whyRival } from '../../lib/cli/rivals.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { emptySnapshot, type Snapshot } from '../../lib/model/snapshot.js'
import { servicePort } from '../proxy/stage.js'

const rules = (...addresses: readonly string[]): readonly KubeProxyRules[] => [
  { kept: 'nftables', addresses: addresses.map(ipAddress) },
]

const ours: Snapshot = { ...emptySnapshot, servicePorts: [servicePort('cart', 1)] }

t.test("another cluster's kube-proxy is no rival", t => {
  t.equal(whyRival(rules('10.43.0.10'), ours), undefined)
  t.equal(whyRival([], undefined), undefined)
  t.end()
})

t.test('whoever leads away an address of a Service of ours is one', t => {
  const why = whyRival(rules('10.43.0.10', '10.96.0.10'), ours)
  t.match(why, { code: 'conflict' })
  t.match(why?.message, '(nftables, 1 address, such as 10.96.0.10), of the same Services')
  t.end()
})

t.test('while nobody knows our Services, every kube-proxy may be one', t => {
  const why = whyRival(rules('10.43.0.10', '10.43.0.11'), undefined)
  t.match(why?.message, '(nftables, 2 addresses, such as 10.43.0.10), perhaps of the same Services')
  t.end()
})
