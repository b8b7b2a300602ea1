import t from 'tap'
import { endpointText } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { type Lookup, ServerAddresses } from '../../lib/watch/server-addresses.js'
import { FakeClock } from '../fake-clock.js'

const { signal } = new AbortController()

const addressesOf = (server: string, lookup: Lookup, clock = new FakeClock()) => {
  const addresses = new ServerAddresses({ server: new URL(server), proxied: false, lookup, clock })
  return { addresses, known: () => addresses.known.map(endpointText) }
}

const never: Lookup = () => Promise.reject(new Error('nobody is to be asked'))

t.test('an address is known without asking anybody', async t => {
  const { addresses, known } = addressesOf('https://127.0.0.1:41234', never)
  t.equal(await addresses.ask(signal), false)
  t.strictSame([known(), addresses.trouble], [['127.0.0.1:41234'], undefined])
  t.strictSame(addressesOf('https://[fd00::1]', never).known(), ['[fd00::1]:443'])
})

t.test('a name has all of its addresses, and is looked up every minute', async t => {
  const answers = [['192.0.2.2', '192.0.2.1'], ['192.0.2.1', '192.0.2.2'], ['192.0.2.3']]
  const asked: string[] = []
  const lookup: Lookup = host => {
    asked.push(host)
    return Promise.resolve((answers.shift() ?? []).map(ipAddress))
  }
  const clock = new FakeClock()
  const stop = new AbortController()
  const { addresses, known } = addressesOf('https://api.example.com:6443', lookup, clock)
  const changes: (readonly string[])[] = []
  const running = addresses.run(stop.signal, () => changes.push(known()))
  for (let minute = 0; minute < 3; minute += 1) {
    await clock.alarm(delay => delay === 60_000)
    clock.advance(60_000)
  }
  await clock.alarm(delay => delay === 60_000)
  t.strictSame(changes, [['192.0.2.1:6443', '192.0.2.2:6443'], ['192.0.2.3:6443']])
  t.strictSame(asked, Array(4).fill('api.example.com'))
  stop.abort()
  await running
})

t.test('a name without an address is said, and one that had some keeps them', async t => {
  const answers = [new Error('getaddrinfo ENOTFOUND api.example.com'), ['192.0.2.1'], new Error('no network')]
  const lookup: Lookup = () => {
    const answer = answers.shift()
    return Array.isArray(answer)
      ? Promise.resolve(answer.map(ipAddress))
      : Promise.reject(answer ?? new Error())
  }
  const { addresses, known } = addressesOf('https://api.example.com', lookup)
  await addresses.ask(signal)
  t.strictSame([known(), addresses.trouble], [[], 'getaddrinfo ENOTFOUND api.example.com'])
  for (let times = 0; times < 2; times += 1) {
    await addresses.ask(signal)
    t.strictSame([known(), addresses.trouble], [['192.0.2.1:443'], undefined])
  }
})

t.test('who stops does not wait for a lookup', async t => {
  const stop = new AbortController()
  const { addresses } = addressesOf('https://api.example.com', () => new Promise(() => undefined))
  const asking = addresses.ask(stop.signal)
  stop.abort()
  t.equal(await asking, false)
})

t.test('clients of the Service can be led to a server that is asked as they ask', async t => {
  const why = (server: string, proxied = false) =>
    new ServerAddresses({ server: new URL(server), proxied, lookup: never, clock: new FakeClock() }).told.why
  t.equal(why('https://127.0.0.1:41234'), undefined)
  t.equal(why('https://127.0.0.1:41234', true), 'the kubeconfig has a proxy for it')
  t.equal(why('http://localhost:8001'), 'it does not speak TLS, as clients of the Service do')
  t.equal(why('https://rancher/k8s/clusters/c'), 'it has a path, which clients of the Service do not know')
})
