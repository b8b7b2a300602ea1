import t from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import type { ServicePort } from '../../lib/model/service-port.js'
import { HostsFile } from '../../lib/names/hosts-file.js'
import { FakeClock } from '../fake-clock.js'

const cart: Pick<ServicePort, 'name' | 'portals'> = {
  name: { namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' },
  portals: [{ kind: 'cluster-ip', address: ipAddress('10.96.31.4'), port: port(80) }],
}

t.test('who waits for names has them at once, though the file was written a moment ago', async t => {
  let text = '127.0.0.1 localhost\n'
  const names = new HostsFile({
    host: {
      editFile: (_path, edit) => {
        const before = text
        text = edit(before)
        return Promise.resolve(text !== before)
      },
    },
    ...{ path: 'hosts', domain: 'cluster.local', clock: new FakeClock(), report: () => undefined },
  })
  names.update([])
  await names.hurry()
  names.update([cart])
  await names.hurry()
  t.match(text, '\n10.96.31.4  cart.shop.svc.cluster.local ')
  await names.remove()
  t.equal(text, '127.0.0.1 localhost\n')
})
