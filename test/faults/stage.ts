import t from 'tap'
import { type EventOf, isOf, PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import type { Resource } from '../../lib/model/api-event.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import type { Tokens } from '../../lib/sandbox/api/serve/authorization.js'
import { createHandler } from '../../lib/sandbox/api/serve/handler.js'
import { kubeconfigFor } from '../../lib/sandbox/api/serve/kubeconfig.js'
import { startApiServer } from '../../lib/sandbox/api/serve/server.js'
import { services } from '../../lib/watch/api-kind.js'
import { field } from '../../lib/watch/raw.js'
import { type Stage, type StageOptions, startStage } from '../services/stage.js'
import { Road } from './road.js'
import { Unruly } from './unruly.js'

/** Where the kubeconfig is that leads to the unruly API server. */
const kubeconfig = '/run/faults/kubeconfig'

/** Where the token is that the kubeconfig names, if it names one. */
export const tokenFile = '/run/faults/token'

const serverPort = 7443
const roadPort = 7444

type Trouble = EventOf<'api-trouble'>

/** A cluster that kube-portal sees through an API server that does not always behave, on a road that is not always open. */
export class FaultStage {
  readonly stage: Stage
  readonly unruly: Unruly
  readonly road: Road
  #anyway: PortalProcess | undefined

  constructor(stage: Stage, unruly: Unruly, road: Road) {
    this.stage = stage
    this.unruly = unruly
    this.road = road
  }

  /** `kube-portal run`, as it was started last. */
  get portal(): PortalProcess {
    return this.#anyway ?? this.stage.portal
  }

  /** Starts kube-portal anew, with the API server as it should be. Resolves when it serves. */
  async restart(args: readonly string[] = []): Promise<PortalProcess> {
    this.unruly.behave()
    this.road.thaw()
    await this.road.open()
    await this.stop()
    await this.stage.restart(['--kubeconfig', kubeconfig, ...args])
    return this.portal
  }

  /** Starts kube-portal anew with its default periods, whatever the API server is like. */
  async startAnyway(): Promise<PortalProcess> {
    await this.stop()
    this.#anyway = new PortalProcess([
      ...['--kubeconfig', kubeconfig, '--hostname-override', this.stage.cluster.nodeName],
      ...['--iptables-backend', 'nft'],
    ])
    return this.#anyway
  }

  async stop(): Promise<void> {
    await this.portal.stop()
    this.#anyway = undefined
  }

  /** The first trouble with Services like this, `from` on. */
  trouble(like: Partial<Trouble>, from: number): Promise<Trouble> {
    const isIt = (event: ProxyEvent): event is Trouble =>
      isOf('api-trouble')(event) &&
      Object.entries({ resource: 'services', ...like }).every(([name, value]) => field(event, name) === value)
    return this.portal.event(`trouble ${JSON.stringify(like)}`, isIt, from)
  }

  /** Makes kube-portal watch Services anew: the watch says something and then ends, as watches do. */
  watchAnew(): void {
    const version = String(this.stage.objects.ledger.version)
    const object = {
      kind: services.kind,
      apiVersion: services.apiVersion,
      metadata: { resourceVersion: version },
    }
    this.unruly.say('services', `${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
    this.unruly.end('services')
  }

  /** Resolves when kube-portal has listed a resource, `from` on. */
  async listed(resource: Resource, from: number): Promise<void> {
    const isIt = (event: ProxyEvent): event is EventOf<'listed'> =>
      isOf('listed')(event) && event.resource === resource
    await this.portal.event(`a list of ${resource}`, isIt, from)
  }
}

export interface FaultOptions extends Pick<StageOptions, 'runner'> {
  /** Absent: whoever can connect may do everything. */
  readonly tokens?: Tokens
  /** Written to `tokenFile`, which the kubeconfig then names. */
  readonly token?: string
}

const kubeconfigWith = (url: string, ca: string | undefined, token: string | undefined): string => {
  const written = kubeconfigFor({ url, ca, ...(token !== undefined && { token }) })
  return token === undefined
    ? written
    : written.replace(`"token": ${JSON.stringify(token)}`, `"tokenFile": ${JSON.stringify(tokenFile)}`)
}

/** Starts all of it in this namespace; it ends with the tests. */
export const startFaultStage = async ({
  tokens,
  token,
  ...options
}: FaultOptions = {}): Promise<FaultStage> => {
  const stage = await startStage('nft', options)
  const parts = { store: stage.objects, clock: realClock, now: () => new Date() }
  const unruly = new Unruly(createHandler({ ...parts, ...(tokens && { tokens }) }))
  const server = await startApiServer({
    ...{ handler: unruly.handler, host: '127.0.0.1', port: serverPort },
    certificates: await createCertificates(['127.0.0.1'], new Date()),
  })
  const road = new Road(roadPort, serverPort)
  await road.open()
  if (token !== undefined) await machine.writeFile(tokenFile, token)
  const url = `https://127.0.0.1:${roadPort}`
  await machine.writeFile(kubeconfig, kubeconfigWith(url, server.ca, token))
  const it = new FaultStage(stage, unruly, road)
  t.teardown(async () => {
    await it.stop()
    await road.close()
    await server.close()
  })
  await it.restart()
  return it
}
