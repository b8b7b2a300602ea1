import t from 'tap'
import { PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { familyOf, type Family, type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { type Port, port } from '../../lib/model/port.js'
import type { ApiObject } from '../../lib/sandbox/api-object.js'
import { mergePatch } from '../../lib/sandbox/api/patch/merge.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'
import { isJsonObject, type JsonObject, listAt, numberAt, textAt, textsAt } from '../../lib/sandbox/json.js'
import { nodeObject } from '../../lib/sandbox/node-object.js'
import type { Resource } from '../../lib/sandbox/objects.js'
import { type Sandbox, startSandbox } from '../../lib/sandbox/sandbox.js'
import { Beacon } from './beacon.js'
import { type Clients, clientsOf } from './clients.js'
import type { Backend } from './each-backend.js'
import { type HandMade, handMade } from './slice.js'
import { type Deployed, deployment, found, neverReady, podsOf, whenReady, whenRunning } from './workloads.js'

const startOfTime = '2026-01-01T00:00:00Z'
/** Where a stage has its kubeconfig. */
export const kubeconfig = '/run/sandbox/kubeconfig'

const withMetadata = (value: unknown): ApiObject => {
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) throw new TypeError('a patch left no object')
  return { ...value, metadata: { ...value.metadata, name: String(value.metadata.name) } }
}

/** Starts `kube-portal run` with what it needs to know anyway, and these arguments. */
type StartPortal = (args: readonly string[]) => PortalProcess

/**
 * A sandbox, `kube-portal run` in it, and clients everywhere. All objects are of the namespace default. What a method
 * changes is known to kube-portal, and in force, after `synced()`.
 */
export class Stage {
  readonly cluster: Sandbox
  readonly clients: Clients
  readonly #start: StartPortal
  readonly #beacon: Beacon
  #portal: PortalProcess

  constructor(cluster: Sandbox, start: StartPortal, args: readonly string[]) {
    this.cluster = cluster
    this.clients = clientsOf(cluster.pods)
    this.#start = start
    this.#beacon = new Beacon(cluster.objects)
    this.#portal = start(args)
  }

  /** `kube-portal run`, as it was started last. */
  get portal(): PortalProcess {
    return this.#portal
  }

  /** Stops kube-portal, where that still runs, and starts it with other arguments. Resolves when it serves. */
  async restart(args: readonly string[]): Promise<void> {
    await this.#portal.stop()
    this.#portal = this.#start(args)
    await this.synced()
  }

  /** Ends kube-portal as `kill -9` does. */
  async crash(): Promise<void> {
    await this.#portal.kill()
  }

  /** Starts kube-portal, where it does not run, and does not wait for anything. */
  start(args: readonly string[] = []): void {
    this.#portal = this.#start(args)
  }

  get objects(): Store {
    return this.cluster.objects
  }

  /** Resolves when kube-portal serves the cluster as it is now. */
  async synced(): Promise<void> {
    await this.cluster.idle()
    await this.#beacon.seen(this.portal)
  }

  /** Makes a Deployment, and resolves with the names of its pods, sorted, when all are ready. */
  async deploy(name: string, options: Deployed = {}): Promise<readonly string[]> {
    this.objects.create('deployments', deployment(name, options))
    return whenReady(this.objects, name)
  }

  /** Makes a Deployment of one pod, and a Service for it. Resolves with the pod's name when that is served. */
  async serve(name: string): Promise<string> {
    const [pod = ''] = await this.deploy(name)
    this.expose(name)
    await this.synced()
    return pod
  }

  /** The same as `deploy` for pods that run and answer, but are not ready. */
  async deployUnready(name: string, options: Deployed = {}): Promise<readonly string[]> {
    this.objects.create('deployments', deployment(name, { ...options, annotations: neverReady }))
    return whenRunning(this.objects, name)
  }

  /** Resolves when a Deployment has no pods left. */
  async gone(name: string): Promise<void> {
    await found(this.objects, () => (podsOf(this.objects, name).length === 0 ? true : undefined))
  }

  /** Gives a Deployment so many pods, and resolves with their names when all are ready and the others are gone. */
  async scale(name: string, replicas: number): Promise<readonly string[]> {
    this.change('deployments', name, { spec: { replicas } })
    return whenReady(this.objects, name)
  }

  /** Ends a pod without grace, and resolves when it answers no more. Its Deployment makes another one. */
  async endPod(name: string): Promise<void> {
    this.objects.terminate('pods', this.get('pods', name), 0)
    await found(this.objects, () => (this.objects.get('pods', 'default', name) ? undefined : true))
  }

  /** The addresses of the pods of a Deployment, in the order of their names. */
  addresses(name: string, family: Family = 'IPv4'): readonly IpAddress[] {
    return podsOf(this.objects, name).flatMap(pod =>
      listAt(pod, 'status', 'podIPs')
        .map(entry => ipAddress(textAt(entry, 'ip')))
        .filter(address => familyOf(address) === family),
    )
  }

  /** A Service for the Deployment of that name: port 80 to 8080, unless `spec` says otherwise. */
  expose(name: string, spec: JsonObject = {}, labels: Readonly<Record<string, string>> = {}): ApiObject {
    return this.objects.create('services', {
      metadata: { name, namespace: 'default', labels },
      spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
    })
  }

  /** Makes an EndpointSlice by hand, or gives the one of that name another content. */
  slice(slice: HandMade): ApiObject {
    const wanted = handMade(slice)
    return this.objects.get('endpointslices', 'default', slice.name)
      ? this.objects.update('endpointslices', wanted)
      : this.objects.create('endpointslices', wanted)
  }

  /** Applies a JSON merge patch: `null` takes a field away. */
  change(resource: Resource, name: string, patch: JsonObject): ApiObject {
    return this.objects.update(resource, withMetadata(mergePatch(this.get(resource, name), patch)))
  }

  remove(resource: Resource, name: string): void {
    this.objects.remove(resource, 'default', name)
  }

  /** The object, as it is now. Throws when it is not there. */
  get(resource: Resource, name: string): ApiObject {
    const object = this.objects.get(resource, resource === 'nodes' ? '' : 'default', name)
    if (!object) throw new Error(`there is no ${name} among ${resource}`)
    return object
  }

  /** Makes another Node, whose pods live beside ours: `deploy(…, { node: name })`. Its first one is `podElsewhere`'s. */
  addNode(name: string, zone?: string): ApiObject {
    const number = this.objects.list('nodes').length
    const { families } = this.cluster
    const place = zone === undefined ? {} : { zone }
    return this.objects.create('nodes', nodeObject({ name, number, families, now: startOfTime, ...place }))
  }

  /** Puts a Node into a zone; without a name, the one that kube-portal runs on. */
  setZone(zone: string, node = this.cluster.nodeName): void {
    this.change('nodes', node, { metadata: { labels: { 'topology.kubernetes.io/zone': zone } } })
  }

  /** Says in the status of a Service where its load balancer is: `{ ip: '203.0.113.1', ipMode: 'Proxy' }`. */
  balance(name: string, ...ingress: readonly JsonObject[]): void {
    this.change('services', name, { status: { loadBalancer: { ingress } } })
  }

  /** The node port of a Service's port, which may have no name. Throws where it has none. */
  nodePort(name: string, portName = ''): Port {
    const ports = listAt(this.get('services', name), 'spec', 'ports')
    return port(
      numberAt(
        ports.find(each => textAt(each, 'name') === portName),
        'nodePort',
      ) ?? 0,
    )
  }

  /** Where clients meet a Service: a port at its cluster IP of the family. */
  clusterIp(name: string, number = 80, family: Family = 'IPv4'): Endpoint {
    const written = textsAt(this.get('services', name), 'spec', 'clusterIPs').map(ipAddress)
    const address = written.find(each => familyOf(each) === family)
    if (address === undefined) throw new Error(`Service ${name} has no ${family} cluster IP`)
    return { address, port: port(number) }
  }
}

export interface StageOptions {
  /** More arguments for `kube-portal run`. */
  readonly args?: readonly string[]
  /** API groups that the server has not heard of, such as `discovery.k8s.io`. */
  readonly missingGroups?: readonly string[]
  /** What becomes kube-portal: `env PATH=/here`. */
  readonly runner?: readonly string[]
}

/** Starts all of it in this namespace; it ends with the tests. */
export const startStage = async (
  backend: Backend,
  { args = [], missingGroups = [], runner = [] }: StageOptions = {},
): Promise<Stage> => {
  const cluster = await startSandbox({
    ...{ host: machine, clock: realClock, now: () => new Date(), random: Math.random },
    ...{ grace: milliseconds(0), missingGroups },
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  await machine.writeFile(kubeconfig, cluster.kubeconfig)
  const usual = [
    ...['--kubeconfig', kubeconfig, '--hostname-override', cluster.nodeName],
    ...['--iptables-min-sync-period', '20ms', '--iptables-backend', backend],
  ]
  const start: StartPortal = more => new PortalProcess([...usual, ...more], runner)
  const stage = new Stage(cluster, start, args)
  t.teardown(async () => {
    await stage.portal.stop()
    await cluster.close()
  })
  await stage.portal.synced()
  return stage
}
