import t from 'tap'
import type { Terms } from '../../../lib/model/terms.js'
import { Composer } from '../../../lib/watch/translation/composer.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { service, slice } from '../api-objects.js'
import { anywhere, snapshotOf, translation } from '../translation.js'

const ports = [
  { name: 'dns', protocol: 'TCP', port: 53 },
  { name: 'dns', protocol: 'UDP', port: 53 },
]

/** What a Service with a TCP and a UDP port asks for with `annotations`: first for TCP. */
const termsOf = (annotations: unknown): readonly Terms[] => {
  const services = [service({ annotations, spec: { ports } })]
  return snapshotOf({ services, slices: [] }).servicePorts.map(({ terms }) => terms)
}

/** What is said of a Service with `annotations`, without the line that says how it is served. */
const saidOf = (annotations: unknown): string[] => {
  const [served, ...said] = translation({ services: [service({ annotations })], slices: [slice()] })
  t.equal(served, 'shop/cart/TCP at 10.96.0.10:80 -> 10.244.1.1:8080')
  return said
}

t.test('a Service without annotations asks for nothing', async t => {
  for (const none of [undefined, null, {}, 'x', { 'example.com/udp-timeout': '1s' }])
    t.strictSame(termsOf(none), [{}, {}])
})

t.test('a Service says how long its TCP connections and its UDP flows may be idle', async t => {
  const annotations = { 'kube-portal.dev/tcp-idle-timeout': '5m', 'kube-portal.dev/udp-timeout': '30s' }
  t.strictSame(termsOf(annotations), [{ idleTimeout: 300_000 }, { idleTimeout: 30_000 }])
})

t.test('idle for 0 s is for ever with TCP, and the default with UDP', async t => {
  const annotations = { 'kube-portal.dev/tcp-idle-timeout': '0s', 'kube-portal.dev/udp-timeout': '0s' }
  t.strictSame(termsOf(annotations), [{ idleTimeout: 0 }, {}])
})

t.test('a Service says what becomes of TCP connections whose endpoint is gone', async t => {
  t.strictSame(termsOf({ 'kube-portal.dev/on-endpoint-gone': 'reset=30s' }), [
    { onEndpointGone: { kind: 'reset', grace: 30_000 } },
    {},
  ])
})

t.test('a Service says that its endpoints are to be told for whom a TCP connection is', async t => {
  t.strictSame(termsOf({ 'kube-portal.dev/proxy-protocol': 'v2' }), [{ proxyProtocol: 'v2' }, {}])
})

const misread: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
  'a duration without a unit': [
    { 'udp-timeout': '30' },
    'its annotation kube-portal.dev/udp-timeout: a duration is written like 10s, 1m30s or 250ms, not "30"',
  ],
  'a word that is none': [
    { 'on-endpoint-gone': 'close' },
    'its annotation kube-portal.dev/on-endpoint-gone: it is keep, reset, or reset=30s with a grace, not "close"',
  ],
  'a version that there is not': [
    { 'proxy-protocol': '2' },
    'its annotation kube-portal.dev/proxy-protocol: it is v1 or v2, not "2"',
  ],
  'a name that is none': [
    { 'udp-timeuot': '30s' },
    'its annotation "kube-portal.dev/udp-timeuot" is none of tcp-idle-timeout, udp-timeout, on-endpoint-gone, proxy-protocol',
  ],
  'a text that would fill the log': [
    { 'tcp-idle-timeout': 'x'.repeat(100_000) },
    `its annotation kube-portal.dev/tcp-idle-timeout: a duration is written like 10s, 1m30s or 250ms, not "${'x'.repeat(147)}…`,
  ],
}

for (const [what, [annotations, reason]] of Object.entries(misread))
  t.test(`an annotation with ${what} is named, and the Service served without it`, async t => {
    const named = Object.entries(annotations).map(([name, value]) => [`kube-portal.dev/${name}`, value])
    t.strictSame(saidOf(Object.fromEntries(named)), [`refused: Service shop/cart: ${reason}`])
    t.strictSame(termsOf(Object.fromEntries(named)), [{}, {}])
  })

t.test('an edit of an annotation changes what the Service asks for, and nothing else', async t => {
  const composer = new Composer(anywhere)
  const slices = [readEndpointSlice(slice())]
  const [before, after] = ['1m', '2m'].map(timeout => {
    const annotations = { 'kube-portal.dev/tcp-idle-timeout': timeout }
    const services = [readService(service({ annotations }))]
    return composer.compose({ services, slices, node: undefined }).snapshot.servicePorts[0]
  })
  t.strictSame(after, { ...before, terms: { idleTimeout: 120_000 } })
})
