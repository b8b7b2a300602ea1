import { emptySnapshot, type Snapshot } from '../model/snapshot.js'
import type { ProxyParts } from './proxy-parts.js'
import { resumable } from './resumable.js'

/** Serves those service ports of `snapshot` whose clients are still led here. Resolves with whether there were any. */
export const resume = async (snapshot: Snapshot, parts: ProxyParts): Promise<boolean> => {
  const { served, localPorts, capture, healthChecks, nodePortsAt, report } = parts
  // What keeps us from looking at the rules keeps the first sync from it, too, and that says so.
  const left = await resumable({ snapshot, localPorts: localPorts.entries(), capture }).catch(
    () => emptySnapshot,
  )
  if (left.servicePorts.length === 0) return false
  await served.resume(left)
  await healthChecks.update(left.healthChecks, nodePortsAt(left))
  const services = new Set(left.servicePorts.map(({ name }) => `${name.namespace}/${name.service}`)).size
  report({ type: 'resumed', services })
  return true
}
