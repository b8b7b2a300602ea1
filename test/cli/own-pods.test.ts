import t from 'tap'
import { ownPodsFrom } from '../../lib/cli/own-pods.js'
import { cidr } from '../../lib/model/cidr.js'

t.test('own pods are told by the Node, unless the command line says how', async t => {
  t.equal(ownPodsFrom({}), undefined)
  t.equal(ownPodsFrom({ detectLocalMode: 'NodeCIDR' }), undefined)
})

t.test('--cluster-cidr alone is enough, and may name both families', async t => {
  const clusterCidr = [cidr('10.244.0.0/16'), cidr('fd00:244::/56')]
  t.strictSame(ownPodsFrom({ clusterCidr }), { kind: 'cidrs', cidrs: clusterCidr })
  t.equal(
    ownPodsFrom({ clusterCidr, detectLocalMode: 'NodeCIDR' }),
    undefined,
    'but the mode counts for more',
  )
})

t.test('interfaces are matched as iptables matches them', async t => {
  t.strictSame(ownPodsFrom({ detectLocalMode: 'BridgeInterface', podBridgeInterface: 'cni0' }), {
    kind: 'interface',
    name: 'cni0',
  })
  t.strictSame(ownPodsFrom({ detectLocalMode: 'InterfaceNamePrefix', podInterfaceNamePrefix: 'cali' }), {
    kind: 'interface',
    name: 'cali+',
  })
})

t.test('a mode without what it needs is an error that says what is missing', async t => {
  const missing = (detectLocalMode: 'ClusterCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix'): void =>
    void ownPodsFrom({ detectLocalMode })
  t.throws(() => missing('ClusterCIDR'), { code: 'usage', message: /without --cluster-cidr/ })
  t.throws(() => missing('BridgeInterface'), { message: /without --pod-bridge-interface/ })
  t.throws(() => missing('InterfaceNamePrefix'), { message: /without --pod-interface-name-prefix/ })
})
