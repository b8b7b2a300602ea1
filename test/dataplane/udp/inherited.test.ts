import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { RoundRobin } from '../../../lib/balancer/round-robin.js'
import { FlowRoom } from '../../../lib/dataplane/udp/flow-room.js'
import type { InheritedFlow } from '../../../lib/dataplane/udp/inherited-door.js'
import { listenUdp } from '../../../lib/dataplane/udp/listen-udp.js'
import { OwnFlows } from '../../../lib/dataplane/udp/own-flows.js'
import { ParkedSocket } from '../../../lib/dataplane/udp/parked-socket.js'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { port } from '../../../lib/model/port.js'
import { servicePortId } from '../../../lib/model/service-port.js'
import { FakeClock } from '../../fake-clock.js'
import { loopback, Peer } from './stage.js'

/** A socket as it comes from another process. */
const parked = async (connectedTo?: Endpoint): Promise<ParkedSocket> => {
  const socket = createSocket('udp4')
  socket.bind(0, loopback)
  await once(socket, 'listening')
  if (connectedTo) {
    socket.connect(connectedTo.port, connectedTo.address)
    await once(socket, 'connect')
  }
  return new ParkedSocket(socket)
}

/** A flow of another process, whose endpoint has answered on the way here. */
const answered = async (t: Test, endpoint: Peer): Promise<{ flow: InheritedFlow; client: Peer }> => {
  const client = await Peer.bound(t)
  const flow = {
    client: client.endpoint,
    endpoint: endpoint.endpoint,
    parked: await parked(endpoint.endpoint),
  }
  const came = once(flow.parked.socket, 'message')
  endpoint.sendTo(flow.parked.socket.address(), 'an answer on the way')
  await came
  return { flow, client }
}

t.test('flows of another process go on, with what was answered on the way', async t => {
  const endpoint = await Peer.bound(t)
  const door = await parked()
  const place = { address: loopback, port: port(door.socket.address().port) }
  const [one, other] = [await answered(t, endpoint), await answered(t, endpoint)]
  const listener = await listenUdp({
    servicePort: servicePortId({ namespace: 'shop', service: 'dns', port: '', protocol: 'UDP' }),
    picker: new RoundRobin(() => 0),
    port: place.port,
    inherited: new Map([[loopback, { parked: door, flows: [one.flow, other.flow] }]]),
    addresses: () => [loopback],
    isOurs: () => false,
    ...{ room: new FlowRoom(), ownFlows: new OwnFlows(), clock: new FakeClock(), report: () => undefined },
  })
  t.teardown(() => listener.close())
  listener.update({ portals: [], endpoints: [endpoint.endpoint], terms: {} })
  for (const { client } of [one, other]) t.equal((await client.next()).text, 'an answer on the way')
  for (const { client, flow } of [one, other, one]) {
    client.sendTo(place, 'a question')
    const { text, from } = await endpoint.next()
    t.strictSame([text, from.port], ['a question', flow.parked.socket.address().port])
    endpoint.sendTo(from, 'an answer')
    t.equal((await client.next()).text, 'an answer')
  }
})
