import type { Capture } from '../capture/capture.js'
import type { Snapshot } from '../model/snapshot.js'
import type { SavedPorts } from './saved/state-folder.js'
import { capturedPortals } from './wanted.js'

/** What an earlier run left. */
export interface Left {
  readonly snapshot: Snapshot
  readonly localPorts: SavedPorts
  readonly capture: Pick<Capture, 'standing'>
}

/** The part of a saved snapshot that clients are still led to: service ports with the portals that stand, and their health checks. */
export const resumable = async ({ snapshot, localPorts, capture }: Left): Promise<Snapshot> => {
  const placed = snapshot.servicePorts.flatMap(servicePort => {
    const localPort = localPorts.get(servicePort.id)
    if (localPort === undefined || servicePort.endpoints.length === 0) return []
    return [{ servicePort, captured: capturedPortals({ servicePort, localPort }) }]
  })
  const standing = new Set(await capture.standing(placed.flatMap(({ captured }) => captured)))
  const servicePorts = placed.flatMap(({ servicePort, captured }) => {
    const portals = captured.filter(each => standing.has(each)).map(({ portal }) => portal)
    return portals.length > 0 ? [{ ...servicePort, portals }] : []
  })
  const services = new Set(servicePorts.map(({ name }) => `${name.namespace}/${name.service}`))
  const healthChecks = snapshot.healthChecks.filter(({ namespace, service }) =>
    services.has(`${namespace}/${service}`),
  )
  return { ...snapshot, servicePorts, healthChecks }
}
