import t from 'tap'
import { uncapturedFinding } from '../../../lib/cli/explain/uncaptured.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'

const places = ['127.0.0.1:14002']
const clusterIp = { address: ipAddress('10.96.31.4'), port: port(80) }
const local = { address: ipAddress('127.0.0.1'), port: port(14_002) }

t.test('a cluster IP from which nobody is led here is not blamed on a firewall', async t => {
  t.strictSame(uncapturedFinding(clusterIp, { capture: 'socks', places }), {
    ...{ stage: 'rule', state: 'problem' },
    text: '--capture socks leads nobody from 10.96.31.4:80 to kube-portal',
    fix: 'have the SOCKS5 proxy connect to it, or connect to 127.0.0.1:14002, or run kube-portal with sudo',
  })
  t.match(uncapturedFinding(clusterIp, { capture: 'none', places }), {
    fix: 'connect to 127.0.0.1:14002, or run kube-portal with sudo',
  })
})

t.test('at the local port of a Service, no rule is needed', async t => {
  t.match(uncapturedFinding(local, { capture: 'none', places }), {
    state: 'note',
    text: 'there is none: --capture none leads nobody here',
  })
})
