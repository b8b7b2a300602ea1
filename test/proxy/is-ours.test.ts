import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { portRange } from '../../lib/model/port-range.js'
import { type Protocol, servicePortId } from '../../lib/model/service-port.js'
import { Holders } from '../../lib/proxy/holders.js'
import { isOurs } from '../../lib/proxy/is-ours.js'
import { LocalPorts } from '../../lib/proxy/local-ports.js'

const id = servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' })

t.test('an endpoint is ours when both its address is this machine and its port is given away', async t => {
  const localPorts = new LocalPorts(portRange('14000-14009'), new Map())
  const holders = new Holders({ listen: () => Promise.reject(new Error('never')), report: () => undefined })
  let looks = 0
  const addresses = () => {
    looks += 1
    return ['172.18.0.2', 'fd00::2'].map(ipAddress)
  }
  const ours = (address: string, number: number, protocol: Protocol = 'TCP'): boolean =>
    isOurs({ address: ipAddress(address), port: port(number) }, { protocol, localPorts, holders, addresses })
  t.equal(ours('172.18.0.2', 14_000), false, 'nobody has this port yet')
  localPorts.for(id)
  t.equal(ours('172.18.0.2', 8080), false)
  t.equal(looks, 0, 'addresses are not looked at for other ports')
  t.equal(ours('172.18.0.2', 14_000), true)
  t.equal(ours('fd00::2', 14_000), true)
  t.equal(ours('10.244.0.9', 14_000), false, 'a pod may have the same port')
  t.equal(ours('172.18.0.2', 14_000, 'UDP'), false, 'and so may a program of this machine, with UDP')
  localPorts.keepOnly([])
  t.equal(ours('172.18.0.2', 14_000), false, 'given back')
})
