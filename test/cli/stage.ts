import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import type { Endpoint } from '../../lib/model/endpoint.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import type { ApiObject } from '../../lib/sandbox/api-object.js'
import { type Sandbox, startSandbox } from '../../lib/sandbox/sandbox.js'

/** Where the kubeconfig of the sandbox is, inside its namespace. */
export const kubeconfig = '/run/sandbox/kubeconfig'

/** Starts `kube-portal run` on the sandbox, and waits for nothing. */
export const begin = (args: readonly string[], runner: readonly string[]): PortalProcess =>
  new PortalProcess(['--kubeconfig', kubeconfig, '--iptables-min-sync-period', '50ms', ...args], runner)

/** Starts `kube-portal run` on the sandbox, and waits until it has synced once. Ended with the test. */
export const running = async (
  args: readonly string[] = [],
  runner: readonly string[] = [],
): Promise<PortalProcess> => {
  const portal = begin(args, runner)
  await portal.synced()
  return portal
}

/** Starts a sandbox in this namespace, with its kubeconfig where `running` looks. Ended with the tests. */
export const sandbox = async (): Promise<Sandbox> => {
  const started = await startSandbox({
    ...{ host: machine, clock: realClock, now: () => new Date(), random: Math.random },
    onTrouble: error => t.fail('a controller failed', { error }),
  })
  await machine.writeFile(kubeconfig, started.kubeconfig)
  t.teardown(() => started.close())
  return started
}

interface Deployed {
  readonly name: string
  readonly replicas: number
  readonly protocol: 'TCP' | 'UDP'
}

const deployPods = ({ objects }: Sandbox, { name, replicas, protocol }: Deployed): Endpoint => {
  const labels = { app: name }
  const ports = [{ containerPort: 8080, protocol }]
  objects.create('deployments', {
    metadata: { name, namespace: 'default' },
    spec: {
      ...{ replicas, selector: { matchLabels: labels } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'pod', image: 'any', ports }] } },
    },
  })
  return expose(
    objects.create('services', {
      metadata: { name, namespace: 'default' },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080, protocol }] },
    }),
  )
}

/** A Deployment of `replicas` pods that listen on 8080, and the Service `name` for them on port 80. */
export const deploy = (cluster: Sandbox, name: string, replicas: number): Endpoint =>
  deployPods(cluster, { name, replicas, protocol: 'TCP' })

/** The same, for UDP. */
export const deployUdp = (cluster: Sandbox, name: string, replicas: number): Endpoint =>
  deployPods(cluster, { name, replicas, protocol: 'UDP' })

/** Makes or ends pods of a Deployment until there are so many `replicas`. */
export const scale = ({ objects }: Sandbox, name: string, replicas: number): void => {
  const deployment = objects.get('deployments', 'default', name)
  if (!deployment) throw new Error('no Deployment')
  objects.update('deployments', { ...deployment, spec: { ...Object(deployment.spec), replicas } })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const expose = ({ spec }: ApiObject): Endpoint => {
  const address = isRecord(spec) && typeof spec.clusterIP === 'string' ? spec.clusterIP : ''
  return { address: ipAddress(address), port: port(80) }
}

/** The rules and the chains that somebody made. nft's empty tables, which appear with the first look, do not count. */
export const rules = async (): Promise<string> => {
  const { stdout } = await machine.run('iptables-save', [], { timeout: seconds(10) })
  return stdout
    .split('\n')
    .filter(line => /^-A|^:\S+ -/.test(line))
    .map(line => line.replace(/\[\d+:\d+\]/, ''))
    .join('\n')
}

/** Sends `question`, then a FIN, and resolves with the whole answer. */
export const exchange = async (socket: Socket, question: string | Buffer): Promise<Buffer> => {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.end(question)
  await once(socket, 'close')
  return Buffer.concat(chunks)
}
