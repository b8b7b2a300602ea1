import t from 'tap'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { portalText } from '../../../lib/model/portal.js'
import { readEndpointSlice } from '../../../lib/watch/translation/endpoint-slice.js'
import { readService } from '../../../lib/watch/translation/service.js'
import { Translator } from '../../../lib/watch/translation/translator.js'

const metadata = (namespace: string, name: string): object => ({
  namespace,
  name,
  labels: { 'kubernetes.io/service-name': name },
})

const slice = (address: string): unknown => ({
  metadata: metadata('default', 'kubernetes'),
  addressType: 'IPv4',
  endpoints: [{ addresses: [address] }],
  ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
})

const services = [
  {
    metadata: metadata('default', 'kubernetes'),
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
  },
  {
    metadata: metadata('shop', 'steal'),
    spec: { clusterIP: '10.96.0.7', externalIPs: ['172.18.0.2'], ports: [{ port: 6443 }] },
  },
]

t.test('nobody may take the address and port where the API server’s own Service is served', async t => {
  const events: ProxyEvent[] = []
  const options = { nodeName: 'node', families: ['IPv4'], serviceCidrs: [] } as const
  const translator = new Translator(options, event => events.push(event))
  const translated = (address: string): string[] => {
    const slices = [readEndpointSlice(slice(address))]
    const objects = { services: services.map(readService), slices, node: undefined }
    const { servicePorts } = translator.translate(objects, [])
    return servicePorts.map(
      ({ id, portals, endpoints }) => `${id} at ${portals.map(portalText).join(' ')}: ${endpoints.length}`,
    )
  }
  const stolen = ['default/kubernetes:https/TCP at 10.96.0.1:443: 1', 'shop/steal/TCP at 10.96.0.7:6443: 0']
  t.strictSame(translated('172.18.0.2'), stolen)
  t.match(
    events.filter(({ type }) => type === 'skipped'),
    [{ object: 'Service shop/steal', reason: '172.18.0.2:6443 is where the API server is asked' }],
  )
  t.strictSame(
    translated('172.18.0.3'),
    [stolen[0], 'shop/steal/TCP at 10.96.0.7:6443 172.18.0.2:6443: 0'],
    'it goes with its endpoints',
  )
})
