import t, { type Test } from 'tap'
import { isOf, PortalProcess } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { textAt, textsAt } from '../../lib/sandbox/json.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { startSandbox } from '../../lib/sandbox/sandbox.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'
import { clientsOf } from '../services/clients.js'
import { deployment, whenReady } from '../services/workloads.js'
import { asContainer } from './as-container.js'
import { container, kubeconfigAt } from './manifests.js'

const account = '/var/run/secrets/kubernetes.io/serviceaccount'
const token = 'of-the-service-account'

/** Where a kubeconfig is that may do everything. */
export const adminConfig = '/run/admin.conf'

/** What the container of the DaemonSet gives to `kube-portal run`. */
export const containerArgs = textsAt(container, 'args').slice(1)

/** The same without a kubeconfig: variables that name the API server. */
export const serverVariables = [`KUBERNETES_SERVICE_HOST=${nodeAddress}`, 'KUBERNETES_SERVICE_PORT=6443']

/** That an external IP is not served, as it is one of the cluster IPs'. */
export const isRefusal = (event: ProxyEvent): boolean =>
  event.type === 'skipped' && event.object === 'Service default/web' && event.reason.includes('10.96.9.9')

/** A cluster that lets the account of the DaemonSet do what its ClusterRole says, and nobody else do anything. */
export interface GuardedCluster {
  readonly objects: Store
  /** Starts kube-portal as the pod of the DaemonSet does, with its arguments or others. */
  run(args?: readonly string[], ...variables: readonly string[]): PortalProcess
  /** Makes sure that it serves a Service, and that no right is missing; ends it. */
  serves(t: Test, portal: PortalProcess): Promise<void>
}

/** Starts it in this namespace, with a Service, and with the files that a kubelet would put into the pod. */
export const startGuardedCluster = async (program?: string): Promise<GuardedCluster> => {
  const cluster = await startSandbox({
    ...{ host: machine, clock: realClock, now: () => new Date(), random: Math.random },
    ...{ grace: milliseconds(0), onTrouble: error => t.fail('a controller failed', { error }) },
    accounts: { [token]: { namespace: 'kube-system', name: 'kube-portal' } },
  })
  t.teardown(() => cluster.close())
  const { objects, nodeName } = cluster
  await machine.writeFile(`${account}/token`, token)
  await machine.writeFile(`${account}/ca.crt`, cluster.ca)
  await machine.writeFile('/run/kube-proxy/kubeconfig.conf', kubeconfigAt(`https://${nodeAddress}:6443`))
  await machine.writeFile(adminConfig, cluster.kubeconfig)
  objects.create('deployments', deployment('web', {}))
  const [web] = await whenReady(objects, 'web')
  const { spec } = objects.create('services', {
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], externalIPs: ['10.96.9.9'] },
  })
  const there = { address: ipAddress(textAt(spec, 'clusterIP')), port: port(80) }
  const { node } = clientsOf(cluster.pods)
  return {
    objects,
    run: (args = containerArgs, ...variables) =>
      new PortalProcess(
        args,
        [...asContainer, 'env', '--unset=HOME', `NODE_NAME=${nodeName}`, ...variables],
        { ...(program !== undefined && { program }) },
      ),
    serves: async (t, portal) => {
      await portal.served('default/web/TCP', 1)
      t.equal(await node.tcp(there), web)
      t.strictSame(portal.events().filter(isOf('api-trouble')), [])
      t.notOk(portal.events().some(isOf('no-node')), 'it knows its Node')
      t.ok(portal.events().some(isRefusal), 'it knows where cluster IPs are')
      t.equal(await portal.stop(), 0)
    },
  }
}
