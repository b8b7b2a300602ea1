import { fileURLToPath } from 'node:url'
import { endpointText, type Endpoint } from '../../lib/model/endpoint.js'
import { errorCode } from '../../lib/model/error-text.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { connectFromNode } from './request.js'
import { isOf } from './portal-process.js'
import { answers, type Scene } from './scene.js'

const manifests = fileURLToPath(new URL('../../../examples/manifests', import.meta.url))

/** Two addresses that pods have: whoever connects from them is a client like any other. */
const someone = ipAddress('10.244.200.1')
const someoneElse = ipAddress('10.244.200.2')

const nginx = 'ithome/nginx/TCP'
const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'nginx', namespace: 'ithome' } }
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'nginx', namespace: 'ithome' },
}

const different = (names: readonly string[]): number => new Set(names).size

const fieldOf = (object: object, field: string): unknown =>
  Object.entries(object).find(([name]) => name === field)?.[1]

const clusterIpOf = (object: object): string => {
  const spec = fieldOf(object, 'spec')
  const address = typeof spec === 'object' && spec !== null ? fieldOf(spec, 'clusterIP') : undefined
  if (typeof address !== 'string') throw new Error('the API gave the Service no cluster IP')
  return address
}

/** Applies the manifests. Resolves with the portal of the Service that the rest is about. */
export const apply = async (scene: Scene): Promise<Endpoint> => {
  const { narrator, cluster, portal } = scene
  narrator.step('Manifests of Services that people really type are applied')
  const portals = new Map<string, string>()
  for (const file of ['nginx.yaml', 'service-test.yaml', 'service-types.yaml']) {
    const created = await cluster.createAll(`${manifests}/${file}`)
    narrator.tell(
      `examples/manifests/${file}: ${created.map(({ kind, metadata }) => `${kind ?? ''} ${metadata?.name ?? ''}`).join(', ')}`,
    )
    for (const object of created)
      if (object.kind === 'Service') portals.set(object.metadata?.name ?? '', clusterIpOf(object))
  }
  await portal.served(nginx, 3)
  await portal.served('default/service-test/TCP', 2)
  for (const event of portal.events())
    if (event.type === 'skipped') narrator.tell(`${event.object}: ${event.reason}`)
  const there = { address: ipAddress(portals.get('nginx') ?? ''), port: port(8080) }
  narrator.check(true, `ithome/nginx has the cluster IP ${there.address} and three ready pods`)
  return there
}

/** Shows what was installed for it. */
export const showRule = async (scene: Scene, there: Endpoint): Promise<void> => {
  const { narrator, portal, rulesWith } = scene
  narrator.step('The rule that was installed')
  const { port: local } = await portal.event('its listener', isOf('listening', nginx))
  const rules = await rulesWith(there.address)
  narrator.show(rules)
  const redirects = rules.filter(rule => rule.endsWith(`--to-ports ${local}`))
  narrator.check(
    redirects.length === 2,
    `packets for ${endpointText(there)}, from pods and from this node, go to our listener on port ${local}`,
  )
}

/** Asks from the node and from a pod, in turn. */
export const roundRobin = async ({ narrator, connectFromPod }: Scene, there: Endpoint): Promise<void> => {
  narrator.step('Six requests to one address are dealt in turn')
  const names: string[] = []
  for (let turn = 0; turn < 3; turn++) {
    names.push(...(await answers(() => connectFromNode(there), 1)))
    names.push(...(await answers(() => connectFromPod(someone, there), 1)))
  }
  narrator.show(names.map((name, turn) => `from ${turn % 2 === 0 ? 'the node    ' : someone}  ->  ${name}`))
  narrator.check(
    different(names) === 3 && names.slice(0, 3).join() === names.slice(3).join(),
    'three pods, twice round, in the same order',
  )
}

/** Switches session affinity on. Resolves with the pod that serves `someone` from now on. */
export const affinity = async (scene: Scene, there: Endpoint): Promise<string> => {
  const { narrator, cluster, portal, connectFromPod } = scene
  narrator.step('Session affinity keeps a client with its pod')
  const from = portal.now()
  await cluster.patch({ ...service, spec: { sessionAffinity: 'ClientIP' } })
  await portal.event('affinity', isOf('affinity', nginx), from)
  narrator.tell('the Service was patched: sessionAffinity: ClientIP; its listener stayed')
  const names = await answers(() => connectFromPod(someone, there), 4)
  const others = await answers(() => connectFromPod(someoneElse, there), 4)
  narrator.show([
    ...names.map(name => `from ${someone}  ->  ${name}`),
    ...others.map(name => `from ${someoneElse}  ->  ${name}`),
  ])
  narrator.check(
    different(names) === 1 && different(others) === 1,
    'each client has its pod, and returns to it',
  )
  return names[0] ?? ''
}

/** Deletes the pod that serves `someone`, and goes on asking all the while. */
export const podDeleted = async (scene: Scene, there: Endpoint, pod: string): Promise<void> => {
  const { narrator, cluster, portal, connectFromPod } = scene
  narrator.step('A pod is deleted, and the next requests go round it')
  const from = portal.now()
  await cluster.remove({ apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace: 'ithome' } })
  const during = await answers(() => connectFromPod(someone, there), 20)
  await portal.served(nginx, 3, from)
  const after = await answers(() => connectFromPod(someone, there), 5)
  narrator.tell(`deleted ${pod}, the one that served ${someone}; its Deployment started another`)
  narrator.show([`before      ->  ${pod}`, `afterwards  ->  ${[...new Set(after)].join(', ')}`])
  narrator.check(during.length + after.length === 25, '25 requests meanwhile, none failed')
  narrator.check(different(after) === 1 && after[0] !== pod, 'the client has a new pod, and stays with it')
}

/** Takes all pods away. */
export const nobodyThere = async (scene: Scene, there: Endpoint): Promise<void> => {
  const { narrator, cluster, portal, connectFromPod, rulesWith } = scene
  narrator.step('A Service without pods refuses at once')
  const from = portal.now()
  await cluster.patch({ ...deployment, spec: { replicas: 0 } })
  await portal.served(nginx, 0, from)
  narrator.show(await rulesWith(there.address))
  const began = performance.now()
  const code = await connectFromPod(someone, there).then(() => 'connected', errorCode)
  const spent = Math.round(performance.now() - began)
  narrator.check(
    code === 'ECONNREFUSED' && spent < 1000,
    `scaled to 0: refused after ${spent} ms, as a closed port would`,
  )
}

/** Deletes the Service. */
export const serviceDeleted = async (scene: Scene, there: Endpoint): Promise<void> => {
  const { narrator, cluster, portal, rulesWith } = scene
  narrator.step('The Service is deleted, and its rules are gone')
  const from = portal.now()
  await cluster.remove(service)
  await portal.event('its listener to close', isOf('closed', nginx), from)
  await portal.synced(from)
  const rules = await rulesWith(there.address)
  narrator.check(rules.length === 0, `no rule names ${there.address}, and its listener is closed`)
}

/** Stops kube-portal, as Ctrl-C or a supervisor would. */
export const stopped = async ({ narrator, portal, rulesWith }: Scene): Promise<void> => {
  narrator.step('kube-portal is told to stop')
  const code = await portal.stop()
  const rules = await rulesWith('KUBE-')
  narrator.check(code === 0 && rules.length === 0, 'it took its rules out and ended with exit code 0')
}
