import t from 'tap'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { podText } from '../../lib/model/pod-name.js'
import { port } from '../../lib/model/port.js'
import { PodIndex } from '../../lib/watch/pod-index.js'
import { type EndpointSlice, readEndpointSlice } from '../../lib/watch/translation/endpoint-slice.js'
import { readEndpoints } from '../../lib/watch/translation/endpoints.js'
import { at, slice, type SliceParts } from './api-objects.js'

const endpoint = (address: string, number: number): Endpoint => ({
  address: ipAddress(address),
  port: port(number),
})

const podCalled = (name: string, namespace = 'shop'): { readonly targetRef: unknown } => ({
  targetRef: { kind: 'Pod', namespace, name },
})

/** A slice with one endpoint, `address`, on `number`. */
const sliceAt = (
  address: string,
  number: number,
  { pod = '', ready = true, ...parts }: Parts = {},
): unknown =>
  slice({
    ...parts,
    ports: [{ name: '', protocol: 'TCP', port: number }],
    endpoints: [at(address, { ready }, pod === '' ? {} : podCalled(pod))],
  })

interface Parts extends SliceParts {
  readonly pod?: string
  readonly ready?: boolean
}

const slicesOf = (...objects: readonly unknown[]): Map<string, readonly EndpointSlice[]> =>
  new Map(objects.map((object, at) => [`${at}`, [readEndpointSlice(object)]]))

const podIn = (slices: ReadonlyMap<string, readonly EndpointSlice[]>, ...where: [string, number]): string => {
  const index = new PodIndex()
  index.follow(slices, 1)
  const pod = index.at(endpoint(...where), 'shop')
  return pod ? podText(pod) : 'no Pod'
}

t.test('an endpoint that is a Pod has its name', t => {
  const slices = slicesOf(sliceAt('10.244.1.1', 8080, { pod: 'cart-1' }))
  t.equal(podIn(slices, '10.244.1.1', 8080), 'shop/cart-1')
  t.equal(podIn(slices, '10.244.1.1', 8081), 'no Pod')
  t.equal(podIn(slices, '10.244.1.2', 8080), 'no Pod')
  t.end()
})

t.test('what names no Pod, or one of another namespace, is none', t => {
  const of = (more: Readonly<Record<string, unknown>>): string =>
    podIn(slicesOf(slice({ endpoints: [at('10.244.1.1', {}, more)] })), '10.244.1.1', 8080)
  t.equal(of({}), 'no Pod')
  t.equal(of({ targetRef: { kind: 'Node', name: 'worker' } }), 'no Pod')
  t.equal(of(podCalled('cart-1', 'vault')), 'no Pod')
  t.equal(of({ targetRef: { kind: 'Pod', name: 'cart-1' } }), 'shop/cart-1')
  t.end()
})

t.test('ports of UDP lead to no Pod', t => {
  const object = slice({
    ports: [{ name: '', protocol: 'UDP', port: 53 }],
    endpoints: [at('10.244.1.1', {}, podCalled('dns-1'))],
  })
  t.equal(podIn(slicesOf(object), '10.244.1.1', 53), 'no Pod')
  t.end()
})

t.test("Pods of the host's network share its address, not their ports", t => {
  const slices = slicesOf(
    sliceAt('192.0.2.1', 9100, { name: 'exporter-1', service: 'exporter', pod: 'exporter-x' }),
    sliceAt('192.0.2.1', 10_250, { name: 'agent-1', service: 'agent', pod: 'agent-y' }),
  )
  t.equal(podIn(slices, '192.0.2.1', 9100), 'shop/exporter-x')
  t.equal(podIn(slices, '192.0.2.1', 10_250), 'shop/agent-y')
  t.end()
})

t.test('of two Pods at one place it is the one that is ready', t => {
  const old = sliceAt('10.244.1.1', 8080, { pod: 'cart-old', ready: false })
  const fresh = sliceAt('10.244.1.1', 8080, { pod: 'cart-new' })
  t.equal(podIn(slicesOf(old, fresh), '10.244.1.1', 8080), 'shop/cart-new')
  t.equal(podIn(slicesOf(fresh, old), '10.244.1.1', 8080), 'shop/cart-new')
  t.equal(podIn(slicesOf(old), '10.244.1.1', 8080), 'shop/cart-old')
  t.end()
})

t.test('slices of one namespace say nothing of where Services of another one are served', t => {
  const index = new PodIndex()
  const theirs = readEndpointSlice(
    slice({
      namespace: 'thief',
      ports: [{ name: '', protocol: 'TCP', port: 8080 }],
      endpoints: [at('10.244.1.1', {}, podCalled('listener', 'thief'))],
    }),
  )
  index.follow(new Map([['thief/x', [theirs]]]), 1)
  const cart = endpoint('10.244.1.1', 8080)
  t.equal(index.at(cart, 'shop'), undefined)
  index.follow(
    new Map([['thief/x', [theirs]], ...slicesOf(sliceAt('10.244.1.1', 8080, { pod: 'cart-1' }))]),
    2,
  )
  t.strictSame(index.at(cart, 'shop'), { namespace: 'shop', name: 'cart-1' })
  t.strictSame(index.at(cart, 'thief'), { namespace: 'thief', name: 'listener' })
  t.end()
})

t.test('Endpoints of older API servers name Pods, too', t => {
  const slices = readEndpoints({
    metadata: { namespace: 'shop', name: 'cart' },
    subsets: [{ addresses: [{ ip: '10.244.1.1', ...podCalled('cart-1') }], ports: [{ port: 8080 }] }],
  })
  t.equal(podIn(new Map([['shop/cart', slices]]), '10.244.1.1', 8080), 'shop/cart-1')
  t.end()
})

t.test('a Pod is found while it is there', t => {
  const index = new PodIndex()
  const cart = endpoint('10.244.1.1', 8080)
  const [before] = slicesOf(sliceAt('10.244.1.1', 8080, { pod: 'cart-1' })).values()
  const [after] = slicesOf(sliceAt('10.244.1.1', 8080, { pod: 'cart-2' })).values()
  const [other] = slicesOf(sliceAt('10.244.1.1', 9090, { pod: 'cart-2' })).values()
  if (!before || !after || !other) throw new Error('a slice is missing')
  const now = new Map([['cart-a', before]])
  index.follow(now, 1)
  t.strictSame(index.at(cart, 'shop'), { namespace: 'shop', name: 'cart-1' })
  now.set('cart-a', after).set('cart-b', other)
  t.strictSame(index.at(cart, 'shop'), { namespace: 'shop', name: 'cart-1' })
  index.follow(now, 2)
  t.strictSame(index.at(cart, 'shop'), { namespace: 'shop', name: 'cart-2' })
  now.delete('cart-a')
  index.follow(now, 3)
  t.equal(index.at(cart, 'shop'), undefined)
  t.strictSame(index.at(endpoint('10.244.1.1', 9090), 'shop'), { namespace: 'shop', name: 'cart-2' })
  now.clear()
  index.follow(now, 4)
  t.equal(index.at(endpoint('10.244.1.1', 9090), 'shop'), undefined)
  t.end()
})
