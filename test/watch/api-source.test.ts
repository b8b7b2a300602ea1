import { readFileSync } from 'node:fs'
import t from 'tap'
import { errorText } from '../../lib/model/error-text.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { Failure } from '../../lib/model/failure.js'
import { servicePortText } from '../../lib/model/service-port.js'
import { ApiClient } from '../../lib/watch/api-client.js'
import { ApiError } from '../../lib/watch/api-error.js'
import { ApiSource } from '../../lib/watch/api-source.js'
import type { TranslationOptions } from '../../lib/watch/translation/translator.js'
import type { Transport } from '../../lib/watch/transport.js'
import { createCertificates } from '../../lib/sandbox/api/certificates.js'
import { describe } from '../../lib/observe/describe.js'
import { FakeClock, settled } from '../fake-clock.js'
import { service } from './api-objects.js'
import { recordings } from './recording.js'
import { type Request, type Response, type Speaks, tinyServer } from './tiny-server.js'

const certificates = await createCertificates(['localhost', '127.0.0.1'], new Date())

/** Answers as the recorded server did: lists, then watches that stay open. */
const replay = ({ url = '' }: Request, response: Response): void => {
  const recording = recordings.find(({ kind }) => url.startsWith(`${kind.path}?`))
  if (!recording) response.end('{}')
  else if (url.includes('watch=true')) for (const line of recording.lines) response.write(line)
  else response.end(recording.list)
}

const translation: TranslationOptions = {
  nodeName: 'kind-worker2',
  families: ['IPv4', 'IPv6'],
  serviceCidrs: [],
}

const sourceFor = async (
  speaks: Speaks,
  answer: (request: Request, response: Response) => void,
): Promise<{ source: ApiSource; events: ProxyEvent[]; close: () => Promise<void> }> => {
  const clock = new FakeClock()
  const events: ProxyEvent[] = []
  const server = await tinyServer(speaks, certificates, answer)
  const transport = new ApiClient({
    server: new URL(`${speaks === 'http' ? 'http' : 'https'}://127.0.0.1:${server.port}`),
    proxied: false,
    credentials: () => Promise.resolve({ headers: {}, tls: { ca: certificates.ca }, agent: undefined }),
    clock,
  })
  const source = new ApiSource({
    ...{ transport, clock, translation, random: () => 0 },
    report: event => events.push(event),
  })
  return {
    source,
    events,
    close: async () => {
      await source.close()
      await source.close()
      await server.close()
    },
  }
}

const recorded = readFileSync('test/watch/recorded-translation.txt', 'utf8')

for (const speaks of ['h2', 'http'] as const)
  t.test(
    `${speaks}: a recorded cluster arrives over a socket, and each thing left out is said once`,
    async t => {
      const { source, events, close } = await sourceFor(speaks, replay)
      t.equal(source.ready, false)
      let pods: readonly (string | undefined)[] = []
      await new Promise<void>(resolve => {
        source.start(() => {
          if (!source.ready) return
          const { servicePorts } = source.snapshot()
          const big = servicePorts.find(({ name }) => servicePortText(name) === 'shop/big')
          const tainted = source.node?.taints.length === 1
          const gone = servicePorts.every(({ name }) => name.service !== 'service-test')
          const cart = servicePorts.find(({ name }) => servicePortText(name) === 'shop/cart')
          pods = (cart?.endpoints ?? []).map(each => source.podAt(each, 'shop')?.name)
          if (big?.endpoints.length === 250 && servicePorts.length === 31 && tainted && gone) resolve()
        })
      })
      await close()
      t.strictSame(pods, ['cart-0', 'cart-2', 'cart-1'])
      const said = events.flatMap(each =>
        each.type === 'skipped' ? [`${each.why}: ${each.object}: ${each.reason}`] : [],
      )
      t.strictSame(new Set(said).size, said.length)
      const expected = recorded.split('\n').filter(line => /^(refused|not for us): /.test(line))
      t.strictSame(
        expected.filter(line => !said.includes(line)),
        [],
      )
    },
  )

const failureOf = async (answer: (request: Request, response: Response) => void): Promise<unknown> => {
  const { source, close } = await sourceFor('h2', answer)
  try {
    await source.readOnce(new AbortController().signal)
    return 'none'
  } catch (error) {
    return error instanceof Failure ? [error.code, error.message, error.cure] : errorText(error)
  } finally {
    await close()
  }
}

t.test('a first list that succeeds makes the source ready', async t => {
  const { source, close } = await sourceFor('h2', replay)
  await source.readOnce(new AbortController().signal)
  t.equal(source.ready, true)
  t.strictSame(
    source.snapshot().servicePorts.map(({ id }) => id),
    ['default/kubernetes:https/TCP'],
  )
  await close()
})

t.test('a first list without credentials is no matter of rights', async t => {
  const forbidden = readFileSync('test/recordings/kubernetes-1.36/forbidden-anonymous.http', 'utf8')
  const failure = await failureOf((request, response) => {
    if (!request.url?.startsWith('/apis/discovery')) {
      replay(request, response)
      return
    }
    response.statusCode = 403
    response.end(forbidden.slice(forbidden.indexOf('{')))
  })
  t.strictSame(failure, [
    'api-refused',
    'cannot list endpointslices: the server answered 403: services is forbidden: User "system:anonymous" cannot list resource "services" in API group "" at the cluster scope',
    'renew the credentials of the kubeconfig (kubectl get services tells whether they are accepted)',
  ])
})

t.test('a first list with a bad token says that the credentials are to be renewed', async t => {
  const failure = await failureOf((_, response) => {
    response.statusCode = 401
    response.end('{"kind":"Status","message":"Unauthorized","code":401}')
  })
  t.match(failure, [
    'api-refused',
    /^cannot list \w+: the server answered 401: Unauthorized$/,
    /^renew the credentials/,
  ])
})

t.test('a first list that fails leaves no other under way, which could overwrite a later one', async t => {
  let underWay = 0
  const transport: Transport = {
    watchSeconds: [300, 600],
    get: async path => {
      underWay += 1
      if (!path.startsWith('/api/v1/services')) await settled()
      underWay -= 1
      throw new ApiError('unreachable', 'connect ECONNREFUSED')
    },
    close: () => undefined,
  }
  const source = new ApiSource({
    ...{ transport, clock: new FakeClock(), translation, random: () => 0 },
    report: () => undefined,
  })
  await t.rejects(source.readOnce(new AbortController().signal), { code: 'api-unreachable' })
  t.equal(underWay, 0)
})

const cidrsOf = (answer: string): ((request: Request, response: Response) => void) => {
  const kinds: Readonly<Record<string, unknown>> = {
    services: [
      service({ spec: { externalIPs: ['10.97.0.1', '10.98.0.1'] } }),
      service({ name: 'local', spec: { clusterIP: '10.96.0.20', internalTrafficPolicy: 'Local' } }),
    ],
    endpointslices: [],
    nodes: [],
  }
  return ({ url = '' }, response) => {
    const resource = (url.split('?')[0] ?? '').split('/').at(-1) ?? ''
    const kind = { services: 'Service', endpointslices: 'EndpointSlice', nodes: 'Node' }[resource]
    if (kind === undefined) {
      response.statusCode = answer === '' ? 403 : 200
      response.end(answer)
    } else
      response.end(
        JSON.stringify({ kind: `${kind}List`, metadata: { resourceVersion: '1' }, items: kinds[resource] }),
      )
  }
}

/** What is reported of the first snapshot, beside the lists. */
const saidOnce = async (answer: string): Promise<readonly string[]> => {
  const { source, events, close } = await sourceFor('http', cidrsOf(answer))
  await source.readOnce(new AbortController().signal)
  source.snapshot()
  source.snapshot()
  await close()
  return events.filter(({ type }) => type !== 'listed').map(event => describe(event).text())
}

const noNode =
  'no Node is called kind-worker2: Local traffic policies count as Cluster, topology hints as none; if this is a Node, give its name with --hostname-override'

t.test('the ranges of cluster IPs are asked for, and no external IP may be in them', async t => {
  const cidrs = JSON.stringify({ items: [{ spec: { cidrs: ['10.97.0.0/16', 'fd00::/112'] } }] })
  t.strictSame(await saidOnce(cidrs), [
    'Service shop/cart: its external IP 10.97.0.1 is in 10.97.0.0/16, where cluster IPs are from',
    noNode,
  ])
})

t.test('ranges of cluster IPs that we may not see, or that make no sense, are none', async t => {
  for (const answer of ['', 'garbage', '{"items":[{"spec":{"cidrs":["x"]}}]}'])
    t.strictSame(await saidOnce(answer), [noNode], answer)
})

t.test(
  'where Endpoints are needed, the right to them is what is missing, with the ClusterRole to apply',
  async t => {
    const failure = await failureOf((request, response) => {
      if (request.url?.startsWith('/apis/discovery')) response.statusCode = 404
      else if (request.url?.startsWith('/api/v1/endpoints?')) response.statusCode = 403
      else {
        replay(request, response)
        return
      }
      response.end('{"kind":"Status","message":"no"}')
    })
    t.strictSame(failure, [
      'api-refused',
      'cannot list endpoints: the server answered 403: no',
      `let an administrator of the cluster apply this, and bind it to your user; or limit it to namespaces where you have it, with -n:

kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: kube-portal-user }
rules:
- { apiGroups: [""], resources: [services], verbs: [list, watch] }
- { apiGroups: [""], resources: [endpoints], verbs: [list, watch] }
- { apiGroups: [""], resources: [nodes], verbs: [list, watch] }
EOF`,
    ])
  },
)
