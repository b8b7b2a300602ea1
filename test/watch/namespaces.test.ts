import t, { type Test } from 'tap'
import { errorText } from '../../lib/model/error-text.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { Failure } from '../../lib/model/failure.js'
import { describe } from '../../lib/observe/describe.js'
import type { User } from '../../lib/sandbox/api/serve/authorization.js'
import type { Store } from '../../lib/sandbox/api/store/store.js'
import { ApiClient } from '../../lib/watch/api-client.js'
import { ApiSource, type ApiSourceOptions } from '../../lib/watch/api-source.js'
import { FakeClock } from '../fake-clock.js'
import { newStore, startSandbox } from '../sandbox/api/sandbox.js'

const namespaced = ['services', 'endpointslices']

/** May list and watch what Services are made of, in the namespaces given, and nothing else. */
const ada = (...namespaces: readonly string[]): User => ({
  name: 'ada',
  may: (verb, resource, namespace) =>
    ['list', 'watch'].includes(verb) && namespaced.includes(resource) && namespaces.includes(namespace),
})

/** May list and watch these everywhere. */
const bob = (...resources: readonly string[]): User => ({
  name: 'bob',
  may: (verb, resource) => ['list', 'watch'].includes(verb) && resources.includes(resource),
})

const serve = (store: Store, namespace: string, name: string): void => {
  if (!store.get('namespaces', '', namespace)) store.create('namespaces', { metadata: { name: namespace } })
  store.create('services', { metadata: { namespace, name }, spec: { ports: [{ port: 80 }] } })
}

interface Stage {
  readonly store: Store
  readonly source: ApiSource
  readonly clock: FakeClock
  /** What was reported beside the lists, as people read it. */
  readonly said: () => readonly string[]
  readonly names: () => readonly string[]
  /** Resolves when `isThere`, at the latest after a change. */
  readonly changed: (isThere: () => boolean) => Promise<void>
  /** Ends all watches, as the server does after a while. */
  readonly endWatches: () => void
  /** What was asked for, in order. */
  readonly asked: readonly string[]
}

/** A source of what the user may see of the namespaces shop, bank and zoo, with a Service each. */
const stageFor = async (t: Test, user: User, options: Partial<ApiSourceOptions> = {}): Promise<Stage> => {
  const store = newStore()
  for (const name of ['shop', 'bank', 'zoo']) serve(store, name, `${name}-web`)
  const { server, clock: serversClock } = await startSandbox(store, { token: user })
  const clock = new FakeClock()
  const events: ProxyEvent[] = []
  const asked: string[] = []
  const client = new ApiClient({
    ...{ server: new URL(server.url), proxied: false, clock },
    credentials: () =>
      Promise.resolve({
        ...{ headers: { Authorization: 'Bearer token' }, tls: { ca: server.ca }, agent: undefined },
      }),
  })
  const source = new ApiSource({
    transport: {
      watchSeconds: client.watchSeconds,
      get: (path, given) => {
        asked.push(path)
        return client.get(path, given)
      },
      close: () => client.close(),
    },
    ...{ clock, random: () => 0, report: event => events.push(event) },
    translation: { nodeName: 'laptop', families: ['IPv4'], serviceCidrs: [] },
    ...options,
  })
  let look = (): void => undefined
  source.start(() => look())
  t.teardown(async () => {
    await source.close()
    await server.close()
  })
  return {
    ...{ store, source, clock, asked },
    endWatches: () => serversClock.advance(600_000),
    said: () => events.filter(({ type }) => type !== 'listed').map(event => describe(event).text()),
    names: () => source.snapshot().servicePorts.map(({ name }) => name.service),
    changed: isThere =>
      new Promise(resolve => {
        look = () => {
          if (source.ready && isThere()) resolve()
        }
        look()
      }),
  }
}

const failureOf = async (promise: Promise<unknown>): Promise<readonly string[]> => {
  try {
    await promise
    return []
  } catch (error) {
    return error instanceof Failure ? [error.message, error.cure] : [errorText(error)]
  }
}

t.test('with rights in two namespaces their Services are followed, and no more is asked for', async t => {
  const { store, names, changed, asked, said } = await stageFor(t, ada('shop', 'bank'), {
    ...{ namespaces: ['shop', 'bank'], nodes: 'none' },
  })
  await changed(() => true)
  t.strictSame(names(), ['bank-web', 'shop-web'])
  serve(store, 'bank', 'vault')
  serve(store, 'zoo', 'lion')
  await changed(() => names().includes('vault'))
  t.strictSame(names(), ['bank-web', 'vault', 'shop-web'])
  store.remove('services', 'shop', 'shop-web')
  await changed(() => names().length === 2)
  t.strictSame(said(), [])
  const optional = '/apis/networking.k8s.io/v1/servicecidrs'
  t.strictSame(
    new Set(asked.map(path => path.split('?')[0])),
    new Set([
      ...['shop', 'bank'].flatMap(name => [
        `/api/v1/namespaces/${name}/services`,
        `/apis/discovery.k8s.io/v1/namespaces/${name}/endpointslices`,
      ]),
      optional,
    ]),
  )
})

t.test('without the right to see Nodes there is none in namespaces, which is said once', async t => {
  const { source, said, changed } = await stageFor(t, ada('shop'), { namespaces: ['shop'] })
  await changed(() => true)
  t.equal(source.node, undefined)
  source.snapshot()
  t.strictSame(said(), [
    'may not see Nodes, so this machine is none of them: Local traffic policies count as Cluster, topology hints as none (the server answered 403: nodes is forbidden: User "ada" cannot list resource "nodes" in API group "" at the cluster scope)',
  ])
  t.equal(source.absence, undefined)
})

t.test('all Nodes are followed for those who look for the way to them', async t => {
  const { store, source, changed } = await stageFor(
    t,
    bob('services', 'endpointslices', 'nodes', 'servicecidrs'),
    { nodes: 'all' },
  )
  store.create('nodes', { metadata: { name: 'worker-1' }, spec: { podCIDR: '10.244.1.0/24' } })
  await changed(() => source.nodes.length === 1)
  store.create('nodes', { metadata: { name: 'laptop' } })
  await changed(() => source.nodes.length === 2)
  t.equal(source.node?.name, 'laptop')
  t.equal(source.nodesForbidden, undefined)
})

t.test('who may not see all Nodes can do without them, and learns why', async t => {
  const { source, changed } = await stageFor(t, bob('services', 'endpointslices'), { nodes: 'all' })
  await changed(() => true)
  t.strictSame(source.nodes, [])
  t.match(source.nodesForbidden, 'User "bob" cannot list resource "nodes"')
})

t.test('a node agent that may not see its Node does not go on as if it were none', async t => {
  const { source } = await stageFor(t, bob('services', 'endpointslices'))
  const [message, cure] = await failureOf(source.readOnce(new AbortController().signal))
  t.match(message, 'cannot list nodes: the server answered 403')
  t.match(cure, '- { apiGroups: [""], resources: [nodes], verbs: [list, watch] }\n')
})

t.test('a missing right in a namespace is said with the Roles to apply', async t => {
  const { source } = await stageFor(t, ada('shop'), { namespaces: ['shop', 'bank'] })
  t.strictSame(await failureOf(source.readOnce(new AbortController().signal)), [
    'cannot list services in bank: the server answered 403: services is forbidden: User "ada" cannot list resource "services" in API group "" in the namespace "bank"',
    `let an administrator of the cluster apply this, which gives it to ada:

kubectl apply -f - <<'EOF'
${['shop', 'bank']
  .map(
    namespace => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: kube-portal-user, namespace: ${namespace} }
rules:
- { apiGroups: [""], resources: [services], verbs: [list, watch] }
- { apiGroups: ["discovery.k8s.io"], resources: [endpointslices], verbs: [list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: kube-portal-user, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: kube-portal-user }
subjects:
- { kind: User, apiGroup: rbac.authorization.k8s.io, name: ada }
`,
  )
  .join('---\n')}EOF`,
  ])
})

t.test('rights that are lost in one namespace are a trouble of that one, and take nothing away', async t => {
  const rights = { namespaces: ['shop', 'bank'] }
  const user: User = {
    name: 'ada',
    may: (verb, resource, namespace) => ada(...rights.namespaces).may?.(verb, resource, namespace) ?? false,
  }
  const { source, said, changed, clock, names, endWatches } = await stageFor(t, user, {
    ...{ namespaces: ['shop', 'bank'], nodes: 'none' },
  })
  await changed(() => true)
  rights.namespaces = ['shop']
  endWatches()
  while (!source.absence?.reason.includes('in the namespace "bank"')) {
    await clock.alarm(delay => delay >= 800 && delay <= 1600)
    clock.advance(1600)
  }
  t.strictSame(names(), ['bank-web', 'shop-web'])
  t.ok(said().some(line => /^cannot (list|watch) \w+ in bank: the server answered 403: /.test(line)))
  t.notOk(said().some(line => line.includes('the namespace "shop"')))
})

t.test('a namespace without Services is asked after: its name may be mistyped', async t => {
  const only = { namespaces: ['shpo'], nodes: 'none' as const }
  const [who, right] = [ada('shpo'), 'namespaces']
  const may: User['may'] = (verb, resource, at) =>
    resource === right || (who.may?.(verb, resource, at) ?? false)
  const known = await stageFor(t, { name: 'ada', may }, only)
  await known.source.readOnce(new AbortController().signal)
  const none = 'there is no namespace shpo: is it spelled right? What comes there will be served'
  t.strictSame(known.said(), [none])
  const unknown = await stageFor(t, who, only)
  await unknown.source.readOnce(new AbortController().signal)
  const empty = 'the namespace shpo has no Services: is it spelled right? What comes there will be served'
  t.strictSame(unknown.said(), [empty])
})
