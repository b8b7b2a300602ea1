import type { Endpoint } from '../../lib/model/endpoint.js'
import { isOf, type EventOf } from '../../examples/demo/portal-process.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { endpointsAt, handMade } from '../services/slice.js'
import type { Stage } from '../services/stage.js'

const count = 1000

/** Makes 1,000 Services, TCP and UDP, all served by the pods of the Deployment `name`. Resolves with where clients meet them. */
export const manyServices = async (stage: Stage, name: string): Promise<readonly Endpoint[]> => {
  const endpoints = endpointsAt(stage.addresses(name))
  const ports = (['TCP', 'UDP'] as const).map(protocol => ({ name: protocol.toLowerCase(), protocol }))
  const names = Array.from({ length: count }, (_, index) => `s${index}`)
  for (const service of names) {
    stage.objects.create('services', {
      metadata: { name: service, namespace: 'default' },
      spec: { ports: ports.map(port => ({ ...port, port: 80, targetPort: 8080 })) },
    })
    const slicePorts = ports.map(port => ({ ...port, port: 8080 }))
    stage.objects.create('endpointslices', handMade({ name: service, service, endpoints, ports: slicePorts }))
  }
  await stage.synced()
  return names.map(service => stage.clusterIp(service))
}

/** Resolves when so many service ports are written down for the next start. */
export const saved = async (stage: Stage): Promise<void> => {
  const served = stage.portal.events().findLast(isOf('synced'))?.servicePorts
  const isAll = (event: ProxyEvent): event is EventOf<'snapshot-saved'> =>
    isOf('snapshot-saved')(event) && event.servicePorts === served
  await stage.portal.event('all to be saved', isAll)
}
