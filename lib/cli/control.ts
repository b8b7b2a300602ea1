import type { Choice } from '../control/choice.js'
import { type Answers, ControlServer } from '../control/control-server.js'
import type { LiveView } from '../control/live-view.js'
import { type Known, serviceStatuses } from '../control/service-statuses.js'
import { controlSocket } from '../control/socket-files.js'
import type { InstanceStatus } from '../control/status.js'
import type { Tracers } from '../control/tracers.js'
import { endpointText } from '../model/endpoint.js'
import type { Report } from '../model/event.js'
import { type IpAddress, ipAddress } from '../model/ip-address.js'
import type { PortView } from '../proxy/port-view.js'
import type { Proxy } from '../proxy/proxy.js'
import type { ApiSource } from '../watch/api-source.js'
import type { Cluster } from './cluster.js'
import { controlFiles } from './control-files.js'
import { nodeName } from './node-name.js'
import type { ChosenOptions } from './options.js'
import { realClock as clock } from './real-clock.js'
import { statePath } from './state.js'
import { version } from './version.js'

export interface ControlParts {
  readonly proxy: Proxy
  readonly live: LiveView
  readonly tracers: Tracers
  /** What the API server says; undefined while there is none yet. */
  readonly source: () => ApiSource | undefined
  /** As `--reach` has it; undefined while it is not decided. */
  readonly reach: () => string | undefined
  /** Which cluster it is; undefined while that is not known. */
  readonly cluster: () => Cluster['context'] | undefined
  readonly report: Report
}

/** Nobody looks at more. */
const mostEndpoints = 100

const clientIn = (text: string | undefined): IpAddress | undefined => {
  try {
    return text === undefined ? undefined : ipAddress(text)
  } catch {
    return undefined
  }
}

const choiceOf = (
  { servicePort, picker }: PortView,
  { client, source }: { readonly client: IpAddress | undefined; readonly source: ApiSource | undefined },
): Choice => {
  const { name, id, policy, affinity, endpoints } = servicePort
  const known = source?.endpointsOf(`${name.namespace}/${name.service}`, id, mostEndpoints) ?? []
  const { pin, next, avoided = [] } = picker?.outlook(client) ?? {}
  const onlyClient = picker?.onlyClient
  return {
    policy,
    ...(affinity.kind === 'client-ip' && { affinity: affinity.timeout }),
    clients: picker?.clients ?? 0,
    ...(onlyClient !== undefined && { onlyClient }),
    ...(pin && { pin: { endpoint: endpointText(pin.endpoint), age: Math.round(pin.age) } }),
    ...(next && { next: endpointText(next) }),
    avoided: avoided.map(endpointText),
    endpoints:
      known.length > 0
        ? known.map(each => ({
            endpoint: endpointText(each),
            ...(each.leftOut !== undefined && { leftOut: each.leftOut }),
          }))
        : endpoints.slice(0, mostEndpoints).map(each => ({ endpoint: endpointText(each) })),
  }
}

const clusterOf = ({ name, server }: Cluster['context']): NonNullable<InstanceStatus['cluster']> => ({
  ...(name !== undefined && { context: name }),
  server: server.href.replace(/\/$/, ''),
})

const answersOf = (
  options: ChosenOptions,
  { proxy, live, source, cluster, reach }: ControlParts,
): Answers => {
  const began = clock.now()
  const known = (): Known => ({
    services: source()?.services ?? [],
    ports: proxy.view,
    failures: proxy.failures,
    live,
  })
  const instance = (): InstanceStatus => {
    const { synced } = live
    const from = source()
    const api = from?.absence
    const way = reach()
    const served = cluster()
    const failures = [...proxy.failures].map(
      ([family, reason]) => `${family} is not brought up to date: ${reason}`,
    )
    return {
      ...{ kind: 'instance', version, process: process.pid, capture: options.capture },
      ...(served && { cluster: clusterOf(served) }),
      ...(way !== undefined && { reach: way }),
      node: nodeName(options.hostnameOverride),
      ...(from?.ready && { isNode: from.node !== undefined }),
      readiness: proxy.health.readiness,
      uptime: Math.round(clock.now() - began),
      ...(synced !== undefined && { synced: Math.round(clock.now() - synced) }),
      ...(api && { api: { ...api, lasts: Math.round(api.lasts) } }),
      troubles: [...failures, ...live.troubles],
    }
  }
  return {
    instance,
    services: () => serviceStatuses(known()),
    version: () => live.version,
    choice: (id, client) => {
      const view = proxy.view.find(({ servicePort }) => servicePort.id === id)
      return view && choiceOf(view, { client: clientIn(client), source: source() })
    },
  }
}

/** What answers `status`, `trace` and `explain`. Not open yet. */
export const controlServer = async (options: ChosenOptions, parts: ControlParts): Promise<ControlServer> => {
  const { tracers, report } = parts
  const path = `${await statePath(options)}/${controlSocket}`
  return new ControlServer({
    ...{ path, process: process.pid, answers: answersOf(options, parts), tracers, clock, report },
    files: controlFiles(path, options.capture),
  })
}
