import { PassThrough } from 'node:stream'
import t from 'tap'
import { Screen } from '../../../lib/cli/first-screen/screen.js'
import type { ChosenOptions } from '../../../lib/cli/options.js'
import { version } from '../../../lib/cli/version.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { milliseconds, seconds } from '../../../lib/model/milliseconds.js'
import { port } from '../../../lib/model/port.js'
import { type Protocol, servicePortId } from '../../../lib/model/service-port.js'
import type { PortView } from '../../../lib/proxy/port-view.js'
import { FakeClock } from '../../fake-clock.js'

const usual = {
  capture: 'redirect',
  dns: 'none',
} satisfies Partial<ChosenOptions>

interface Shown {
  readonly screen: Screen
  readonly clock: FakeClock
  /** What was shown since the last time. */
  readonly text: () => string
}

const shown = (options: Partial<Pick<ChosenOptions, 'capture'>> = {}): Shown => {
  const stream = new PassThrough({ encoding: 'utf8' })
  const clock = new FakeClock()
  const screen = new Screen({ options: { ...usual, ...options }, stream, clock, width: 80 })
  return { screen, clock, text: () => String(stream.read() ?? '') }
}

interface Served {
  readonly endpoints?: number
  readonly protocol?: Protocol
  readonly sticky?: boolean
  readonly address?: string
}

const served = (service: string, options: Served = {}): PortView => {
  const { endpoints = 1, protocol = 'TCP', sticky = false, address = '10.96.0.10' } = options
  const name = { namespace: 'shop', service, port: '', protocol }
  return {
    servicePort: {
      ...{ id: servicePortId(name), name, family: 'IPv4', policy: 'Cluster', othersServe: false, terms: {} },
      portals: [{ kind: 'cluster-ip', address: ipAddress(address), port: port(80) }],
      endpoints: Array.from({ length: endpoints }, (_, at) => ({
        ...{ address: ipAddress(`10.244.0.${at + 1}`), port: port(8080) },
      })),
      affinity: sticky ? { kind: 'client-ip', timeout: seconds(10_800) } : { kind: 'none' },
    },
    localPort: port(14_000),
    picker: undefined,
    isInForce: () => true,
  }
}

const synced = {
  ...({ type: 'synced', servicePorts: 1, opened: 1, closed: 0 } as const),
  ...{ written: [], duration: milliseconds(5) },
}

t.test('the first screen says what it is about, each Service, what is left out and that it is ready', t => {
  const { screen, clock, text } = shown()
  screen.event({ type: 'capture-chosen', capture: 'redirect' })
  screen.event({
    ...{ type: 'cluster-found', context: 'kind-kind', server: 'https://127.0.0.1:41234/' },
    origin: '/home/ada/.kube/config of ada, who called sudo',
  })
  screen.event({ type: 'reach-chosen', reach: 'routes', why: "pods' nodes are on this machine's network" })
  screen.event({ type: 'skipped', object: 'Service shop/db', reason: 'headless', why: 'not for us' })
  screen.follow(() => [
    served('cart', { endpoints: 3 }),
    served('dns', { protocol: 'UDP', address: '10.96.0.11' }),
    served('session', { endpoints: 2, sticky: true, address: '10.96.0.12' }),
    served('idle', { endpoints: 0, address: '10.96.0.13' }),
  ])
  screen.event(synced)
  clock.advance(milliseconds(1200))
  screen.event({ type: 'ready' })
  t.equal(
    text(),
    `kube-portal ${version}
  capture  redirect: iptables leads clients of Services' addresses here
  names    none; --dns hosts would keep them in the hosts file, kube-portal
           hosts prints them
  cluster  kind-kind, https://127.0.0.1:41234/ (/home/ada/.kube/config of ada,
           who called sudo)
  reach    routes: pods' nodes are on this machine's network
  + shop/cart     10.96.0.10:80           3 endpoints
  + shop/dns      10.96.0.11:80/UDP       1 endpoint
  + shop/session  10.96.0.12:80           2 endpoints; affinity: from this machine all go to one
  + shop/idle     10.96.0.13:80           no endpoints: clients are refused
  - Service shop/db: headless
READY 4 service ports, after 1.2 s; Ctrl-C stops it and removes all it added
`,
  )
  t.end()
})

t.test('later it says what came, what went, who lost all endpoints, and nothing of the rest', t => {
  const { screen, text } = shown()
  screen.follow(() => [served('cart', { endpoints: 3 }), served('old')])
  screen.event(synced)
  screen.event({ type: 'ready' })
  text()
  screen.follow(() => [served('cart', { endpoints: 2 }), served('old')])
  screen.event(synced)
  t.equal(text(), '')
  screen.follow(() => [served('cart', { endpoints: 0 }), served('new')])
  screen.event(synced)
  t.equal(
    text(),
    `  + shop/cart  10.96.0.10:80           no endpoints: clients are refused
  + shop/new   10.96.0.10:80           1 endpoint
  - shop/old: gone
`,
  )
  t.end()
})

t.test('of a big cluster it says how far it has come, and the first Services', t => {
  const { screen, clock, text } = shown()
  text()
  const listening = {
    ...({ type: 'listening', family: 'IPv4', port: port(14_000) } as const),
    servicePort: servicePortId({ namespace: 'shop', service: 'cart', port: '', protocol: 'TCP' }),
  }
  for (let each = 0; each < 100; each++) screen.event(listening)
  t.equal(text(), '')
  clock.advance(milliseconds(250))
  screen.event(listening)
  t.equal(text(), '\r\u001b[K  listening for service ports: 101 …')
  screen.follow(() => Array.from({ length: 1000 }, (_, at) => served(`cart-${at}`)))
  screen.event(synced)
  const lines = text().split('\n')
  t.equal(lines.length, 26)
  t.match(lines[0], /^\r\u001b\[K {2}\+ shop\/cart-0 /)
  t.equal(lines[24], '    and 976 more: kube-portal status')
  t.end()
})

t.test('where nothing is changed it says at which local port a Service is', t => {
  const { screen, text } = shown({ capture: 'none' })
  screen.event({ type: 'capture-chosen', capture: 'none' })
  screen.follow(() => [served('cart')])
  screen.event(synced)
  t.match(text(), / {2}capture {2}none: each Service is at a port of 127\.0\.0\.1\n/)
  t.end()
})

t.test('what goes wrong is shown as what it is', t => {
  const { screen, text } = shown()
  text()
  screen.warn('no guardian can be started')
  screen.event({ type: 'sync-failed', reason: 'no iptables', retryIn: seconds(1), again: false })
  screen.event({ type: 'listed', resource: 'services', objects: 3 })
  t.equal(
    text(),
    `  ! no guardian can be started
  ! sync failed, what was in force stays: no iptables; trying again in 1 s
`,
  )
  t.end()
})
