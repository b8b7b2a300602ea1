import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { type Probe, Probes } from '../../lib/dataplane/probes.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { type ServicePortId, servicePortId } from '../../lib/model/service-port.js'
import { echo, fateOf, nobody, Proxy } from './stage.js'

const loopback = ipAddress('127.0.0.1')

const idOf = (service: string): ServicePortId =>
  servicePortId({ namespace: 'shop', service, port: '', protocol: 'TCP' })

/** The one that the stage serves. */
const cart = idOf('cart')

/** A client whose end, free until then, is the one that `probes` look out for, to `servicePort`. */
const expected = async (
  t: Test,
  probes: Probes,
  { proxy, ...other }: { readonly proxy: Proxy } & Partial<Probe>,
): Promise<{ readonly client: Socket; readonly told: () => number }> => {
  const { port: localPort } = await nobody()
  let arrivals = 0
  const arrived = () => void (arrivals += 1)
  t.teardown(
    probes.expect({
      servicePort: cart,
      local: { address: loopback, port: port(localPort) },
      arrived,
      ...other,
    }),
  )
  const client = connect({ host: loopback, port: proxy.listener.port, localPort })
  client.on('error', () => undefined)
  t.teardown(() => client.destroy())
  return { client, told: () => arrivals }
}

t.test('a probe is told that it has arrived and reset; no endpoint hears of it, and nobody else', async t => {
  const probes = new Probes()
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)], probes })
  const { client, told } = await expected(t, probes, { proxy })
  t.equal(await fateOf(client), 'ECONNRESET')
  t.equal(told(), 1)
  t.strictSame(proxy.events, [])
  t.equal(proxy.connections.count, 0)
})

t.test('a client is served while a probe is under way, whatever it has in common with it', async t => {
  const probes = new Probes()
  const proxy = await Proxy.start(t, { endpoints: [await echo(t)], probes })
  const clients = [
    { what: 'nothing but its service port', local: { address: loopback, port: port(1) } },
    { what: 'its end, but not its portal', servicePort: idOf('till') },
    {
      what: 'its port, but not its address',
      local: { address: ipAddress('127.0.0.2'), port: port((await nobody()).port) },
    },
  ]
  for (const { what, ...other } of clients) {
    const { client, told } = await expected(t, probes, { proxy, ...other })
    client.end('hello')
    t.strictSame(await once(client, 'data'), [Buffer.from('hello')], what)
    t.equal(told(), 0)
  }
})

t.test('a probe is expected until it is forgotten, and others beside it', async t => {
  const probes = new Probes()
  const heard: string[] = []
  const probe = (name: string, number: number): Probe => ({
    servicePort: cart,
    local: { address: loopback, port: port(number) },
    arrived: () => heard.push(name),
  })
  const [first, second] = [probe('first', 1), probe('second', 2)]
  const forget = probes.expect(first)
  probes.expect(second)
  t.equal(probes.meets(first.local, cart), true)
  forget()
  forget()
  t.equal(probes.meets(first.local, cart), false)
  t.equal(probes.meets(second.local, cart), true)
  t.strictSame(heard, ['first', 'second'])
})
