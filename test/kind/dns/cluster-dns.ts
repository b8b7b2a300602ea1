import { fileURLToPath } from 'node:url'
import { startChild } from '../../../lib/host/child.js'
import type { ApiObject } from '../../../lib/sandbox/api-object.js'
import type { Store } from '../../../lib/sandbox/api/store/store.js'
import { textsAt } from '../../../lib/sandbox/json.js'
import { inPods } from '../../../lib/sandbox/network/node-network.js'
import type { ServedPod } from '../../../lib/sandbox/pods/messages.js'
import type { ServedPort } from '../../../lib/sandbox/pods/pod-port.js'
import type { Names } from './message.js'

const program = fileURLToPath(new URL('./main.js', import.meta.url))

const labels = { 'k8s-app': 'kube-dns' }
const ports = [
  { name: 'dns', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
]

const deployment: ApiObject = {
  metadata: { name: 'coredns', namespace: 'kube-system' },
  spec: {
    ...{ replicas: 1, selector: { matchLabels: labels } },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            ...{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns' },
            ports: ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
          },
        ],
      },
    },
  },
}

const service: ApiObject = {
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
  spec: { clusterIP: '10.96.0.10', selector: labels, ports },
}

const namesOf = (objects: Store): Names =>
  Object.fromEntries(
    objects
      .list('services')
      .map(({ metadata: { name, namespace = '' }, spec }): [string, readonly string[]] => [
        `${name}.${namespace}.svc.cluster.local`,
        textsAt(spec, 'clusterIPs').filter(address => address !== 'None'),
      ]),
  )

/** Makes the cluster's DNS: the Service kube-dns, and the Deployment behind it. */
export const createDns = (objects: Store): void => {
  objects.create('deployments', deployment)
  objects.create('services', service)
}

/** Whether a pod is one of the cluster's DNS. */
export const isDns = ({ name }: ServedPod): boolean => name.startsWith('coredns-')

/** Answers DNS at a pod's addresses, in the network namespace of the process `node`. Rejects when it cannot. */
export const serveDns = async (objects: Store, pod: ServedPod, node: number): Promise<ServedPort> => {
  const child = await startChild([...inPods(node), process.execPath, program, ...pod.addresses])
  const tell = (): void => child.send(namesOf(objects))
  const serving = new Promise<void>((resolve, reject) => {
    child.onMessage(() => resolve())
    void child.ended.then(() => reject(new Error('the DNS server has ended')))
  })
  const ignore = objects.onChange(({ resource }) => {
    if (resource === 'services') tell()
  })
  tell()
  await serving
  return {
    close: async () => {
      ignore()
      await child.kill()
    },
  }
}
