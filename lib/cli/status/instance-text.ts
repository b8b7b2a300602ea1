import type { InstanceStatus } from '../../control/status.js'
import { spanText } from '../../model/span-text.js'

const span = (milliseconds: number): string => spanText(milliseconds / 1000)

const readinessText: Readonly<Record<string, string>> = {
  'no lists yet': 'waiting for the API server',
  resumed: 'serving what was served before, until the API server answers',
  'no rules yet': 'waiting for its first rules',
}

/** What people read about the whole, in three lines and one for each trouble. */
export const instanceText = (instance: InstanceStatus): string => {
  const {
    version,
    process,
    cluster,
    capture,
    reach,
    node,
    isNode = true,
    readiness,
    uptime,
    synced,
    api,
    troubles,
  } = instance
  const how = reach === undefined ? '' : `, --reach ${reach}`
  const which = `kube-portal ${version}, process ${process}, --capture ${capture}${how}`
  const where = isNode ? `Node ${node}` : `no Node is called ${node}`
  const context = cluster?.context === undefined ? '' : `context ${cluster.context}, `
  const server = cluster === undefined ? '' : `${cluster.server}, ${context}`
  const connection = api ? `no answer for ${span(api.lasts)}: ${api.reason}` : 'connected'
  const sync = synced === undefined ? 'no sync yet' : `last sync ${span(synced)} ago`
  return [
    `${which}, ${where}`,
    `state: ${readinessText[readiness] ?? readiness}; up ${span(uptime)}, ${sync}`,
    `API server: ${server}${connection}`,
    ...troubles.map(trouble => `trouble: ${trouble}`),
  ]
    .map(line => `${line}\n`)
    .join('')
}

/** Whether the whole works. */
export const isWell = ({ readiness, api, troubles }: InstanceStatus): boolean =>
  readiness === 'ready' && !api && troubles.length === 0
