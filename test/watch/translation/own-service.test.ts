import t from 'tap'
import { endpointText } from '../../../lib/model/endpoint.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { describe } from '../../../lib/observe/describe.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readNode } from '../../../lib/watch/translation/node.js'
import type { OwnServer } from '../../../lib/watch/translation/own-service.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { Translator } from '../../../lib/watch/translation/translator.js'
import { at, node, service, slice } from '../api-objects.js'

const url = 'https://127.0.0.1:41234'

const serverAt = (...addresses: readonly string[]): OwnServer => ({
  url,
  endpoints: addresses.map(address => ({ address: ipAddress(address), port: port(41234) })),
})

const kubernetes = service({
  ...{ name: 'kubernetes', namespace: 'default' },
  spec: {
    ...{ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', 'fd00::1'], ipFamilies: ['IPv4', 'IPv6'] },
    ports: [{ name: 'https', protocol: 'TCP', port: 443 }],
  },
})

const https = [{ name: 'https', protocol: 'TCP', port: 6443 }]

const own = (more: object = {}): unknown =>
  slice({
    ...{ name: 'kubernetes', namespace: 'default', service: 'kubernetes', ports: https },
    endpoints: [at('172.18.0.2')],
    ...more,
  })

/** A translator, its last endpoints by service port, and what it said beside. */
const stage = () => {
  const events: ProxyEvent[] = []
  const options = { nodeName: 'worker', families: ['IPv4', 'IPv6'], serviceCidrs: [] } as const
  const translator = new Translator(options, event => events.push(event))
  const served = (
    server: OwnServer | undefined,
    { slices = [own()], isNode = false }: { slices?: readonly unknown[]; isNode?: boolean } = {},
  ): readonly string[] => {
    const told = {
      ...{
        services: [kubernetes, service()].map(readService),
        slices: slices.map(readEndpointSlice),
        server,
      },
      node: isNode ? readNode(node()) : undefined,
    }
    return translator
      .translate(told, [])
      .servicePorts.flatMap(({ name, family, endpoints }) =>
        endpoints.map(each => `${name.service} ${family} ${endpointText(each)}`),
      )
  }
  const said = (): readonly string[] =>
    events.filter(({ type }) => type !== 'no-node').map(event => describe(event).text())
  return { translator, served, said }
}

t.test(
  "on a machine that is no Node, the API server's own Service is served by the kubeconfig's server",
  async t => {
    const { served, said, translator } = stage()
    const expected = ['kubernetes IPv4 127.0.0.1:41234']
    t.strictSame(served(serverAt('127.0.0.1')), expected)
    t.strictSame(served(serverAt('127.0.0.1')), expected)
    t.strictSame(said(), [`default/kubernetes is served by ${url}, as the kubeconfig has it`])
    const mine = { address: ipAddress('127.0.0.1'), port: port(41234) }
    t.equal(translator.isOwnServer(mine), true)
    t.equal(translator.isOwnServer({ ...mine, port: port(22) }), false)
  },
)

t.test('a Node reaches the endpoints that the Service has', async t => {
  const { served, said } = stage()
  t.strictSame(served(serverAt('127.0.0.1'), { isNode: true }), ['kubernetes IPv4 172.18.0.2:6443'])
  t.strictSame(said(), [])
})

t.test(
  'all addresses of the server count, each for its family; a family without one keeps its endpoints',
  async t => {
    const { served } = stage()
    t.strictSame(served(serverAt('192.0.2.1', '192.0.2.2')), [
      'kubernetes IPv4 192.0.2.1:41234',
      'kubernetes IPv4 192.0.2.2:41234',
    ])
    t.strictSame(served(serverAt('2001:db8::1')), [
      'kubernetes IPv4 172.18.0.2:6443',
      'kubernetes IPv6 [2001:db8::1]:41234',
    ])
    t.strictSame(served(serverAt('0.0.0.0', '::')), [
      'kubernetes IPv4 127.0.0.1:41234',
      'kubernetes IPv6 [::1]:41234',
    ])
  },
)

t.test('where clients cannot be led there, the endpoints stay, and why is said once', async t => {
  const { served, said } = stage()
  const server = { ...serverAt('192.0.2.1'), why: 'the kubeconfig has a proxy for it' }
  t.strictSame(served(server), ['kubernetes IPv4 172.18.0.2:6443'])
  t.strictSame(served(server), ['kubernetes IPv4 172.18.0.2:6443'])
  t.strictSame(said(), [
    `default/kubernetes keeps its own endpoints, which may be out of reach here, and is not served by ${url}: the kubeconfig has a proxy for it`,
  ])
  t.strictSame(served(serverAt()), ['kubernetes IPv4 172.18.0.2:6443'], 'its name was not looked up yet')
})

t.test('nobody who writes slices can have loopback dialled, not even for the API server', async t => {
  const hostile = [
    own({ endpoints: [at('127.0.0.1')], ports: [{ ...https[0], port: 22 }] }),
    own({
      name: 'second',
      endpoints: [at('127.0.0.1'), at('172.18.0.9')],
      ports: [{ ...https[0], port: 22 }],
    }),
    own({ name: 'third', endpoints: [at('::1')], addressType: 'IPv6' }),
    slice({ endpoints: [at('127.0.0.1')], ports: [{ name: '', protocol: 'TCP', port: 41234 }] }),
  ]
  t.strictSame(stage().served(serverAt('127.0.0.1'), { slices: hostile }), [
    'kubernetes IPv4 127.0.0.1:41234',
  ])
  t.strictSame(stage().served(undefined, { slices: hostile }), ['kubernetes IPv4 172.18.0.9:22'])
})
