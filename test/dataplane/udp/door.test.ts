import t from 'tap'
import { RoundRobin } from '../../../lib/balancer/round-robin.js'
import { OwnFlows } from '../../../lib/dataplane/udp/own-flows.js'
import { boundSocket } from '../../../lib/dataplane/udp/bound-socket.js'
import { Door } from '../../../lib/dataplane/udp/door.js'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import { Flows } from '../../../lib/dataplane/udp/flows.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { FakeClock } from '../../fake-clock.js'
import { echo, loopback } from './stage.js'

t.test('a datagram from port 0, which nobody could answer, does no harm', async t => {
  const events: ProxyEvent[] = []
  const parts = {
    servicePort: servicePortId({ namespace: 'shop', service: 'dns', port: '', protocol: 'UDP' }),
    ownFlows: new OwnFlows(),
    report: (event: ProxyEvent): void => void events.push(event),
  }
  const flows = new Flows({ ...parts, room: new FlowRoom(), clock: new FakeClock(), idleTimeout: seconds(1) })
  const picker = new RoundRobin(() => 0)
  picker.replace([(await echo(t)).endpoint])
  const socket = boundSocket({ address: loopback })
  const door = new Door(socket, { ...parts, picker, flows, isOurs: () => false })
  t.teardown(() => door.close())
  door.receive(Buffer.from('?'), { address: '10.0.0.1', port: 0 })
  t.match(events, [{ type: 'flow-refused', client: '10.0.0.1', reason: 'no port to answer' }])
  t.equal(flows.size, 0)
})
