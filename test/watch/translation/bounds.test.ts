import t from 'tap'
import { ApiError } from '../../../lib/watch/api-error.js'
import { listItems } from '../../../lib/watch/list-items.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readEndpoints } from '../../../lib/watch/translation/endpoints.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { at, service, slice } from '../api-objects.js'
import { compose, translation } from '../translation.js'

const many = <Value>(length: number, value: (index: number) => Value): readonly Value[] =>
  Array.from({ length }, (_, index) => value(index))

const served = 'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080'

t.test('a Service with 200,000 ports is refused and said once, and its neighbour is served', t => {
  const ports = many(200_000, index => ({ name: `p${index}`, port: 1 + (index % 65_535) }))
  const big = service({ name: 'big', spec: { clusterIP: '10.96.0.20', ports } })
  t.strictSame(translation({ services: [service(), big], slices: [slice()] }), [
    served,
    'refused: Service shop/big: it has 200000 ports: no API server keeps more than 100000',
  ])
  t.end()
})

t.test('a Service with as many ports as an API server can keep is read in no time', t => {
  const ports = many(65_535, index => ({ name: `p${index}`, port: index + 1 }))
  const both = many(49_999, at => ['TCP', 'UDP'].map(protocol => ({ ...ports[at], protocol }))).flat()
  t.equal(
    compose({ services: [service({ spec: { ports: both } })], slices: [] }).snapshot.servicePorts.length,
    99_998,
  )
  const began = performance.now()
  t.equal(readService(service({ spec: { ports } })).exposure?.ports.length, 65_535)
  t.ok(performance.now() - began < 5000, 'comparing each port with all others takes a minute')
  t.end()
})

t.test('a slice with a million endpoints is refused and said once, and its neighbour is served', t => {
  const endpoints = many(1_000_000, () => at('10.244.1.9'))
  const slices = [slice(), slice({ name: 'big', endpoints })]
  t.strictSame(translation({ services: [service()], slices }), [
    served,
    'refused: EndpointSlice shop/big: it has 1000000 endpoints: no API server keeps more than 100000',
  ])
  const addresses = many(1_000_000, () => ({ ip: '10.244.1.9' }))
  const [big] = readEndpoints({ metadata: { name: 'cart', namespace: 'shop' }, subsets: [{ addresses }] })
  t.strictSame(big?.endpoints, [])
  t.end()
})

t.test('a slice that has the same port a thousand times has its endpoints once', t => {
  const ports = many(1000, index => ({ port: index + 1 }))
  const endpoints = many(1000, index => at(`10.244.${index >> 8}.${index & 255}`))
  const read = readEndpointSlice(slice({ ports, endpoints }))
  t.strictSame([read.ports.length, read.endpoints.length, read.skips.length], [1, 1000, 21])
  t.equal(read.skips.at(-1)?.reason, 'and for 979 more reasons')
  t.end()
})

t.test('what is said of an object can be read, however much there is to say', t => {
  const long = 'x'.repeat(1_000_000)
  const ports = many(50_000, () => ({ name: long.slice(0, 1000), port: 0 }))
  const said = [
    ...readService(service({ name: long, labels: { 'service.kubernetes.io/service-proxy-name': long } }))
      .skips,
    ...readService(service({ labels: { 'service.kubernetes.io/service-proxy-name': long } })).skips,
    ...readService(service({ spec: { clusterIP: long } })).skips,
    ...readService(service({ spec: { ports } })).skips,
    ...readEndpointSlice(slice({ addressType: long })).skips,
    ...readEndpointSlice(slice({ ports })).skips,
  ]
  t.ok(said.length > 6)
  t.ok(said.length < 50, `${said.length} lines`)
  t.ok(said.every(({ object, reason }) => object.length + reason.length < 2000))
  t.end()
})

t.test('a list that does not end is given up', async t => {
  const item = Buffer.from(`"${'x'.repeat(1024 * 1024)}",`)
  let sent = 0
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"items":[')
    for (;;) {
      sent += item.length
      yield await Promise.resolve(item)
    }
  }
  const read = async (): Promise<void> => {
    for await (const each of listItems(endless()))
      if (typeof each !== 'string') throw new TypeError('no text')
  }
  await t.rejects(read(), new ApiError('garbage', 'the server sent a list of more than 268435456 bytes'))
  t.ok(sent < 300 * 1024 * 1024)
})
