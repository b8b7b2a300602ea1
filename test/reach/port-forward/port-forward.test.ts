import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Endpoint } from '../../../lib/model/endpoint.js'
import { milliseconds, seconds } from '../../../lib/model/milliseconds.js'
import type { Dialling } from '../../../lib/reach/reach.js'
import { createCertificates } from '../../../lib/sandbox/api/certificates.js'
import { endpointThat, nobody } from '../../dataplane/stage.js'
import { FakeClock, settled } from '../../fake-clock.js'
import { Recorder } from '../../stream/recorder.js'
import { Api, reachThrough, servicePort, wayTo } from './stage.js'

const options = { timeout: seconds(5), servicePort }

const greeting = (t: Test): Promise<Endpoint> => endpointThat(t, socket => socket.write('hello'))

/** A server that does `serve` with each connection, below HTTP. */
const rawServer = async (t: Test, serve: (socket: Socket) => void): Promise<{ readonly url: URL }> => {
  const { port } = await endpointThat(t, serve)
  return { url: new URL(`http://127.0.0.1:${port}`) }
}

/** Why there is no stream. */
const failure = async (dialling: Dialling): Promise<unknown> => {
  try {
    await dialling.stream
    return 'none'
  } catch (error) {
    return error
  }
}

t.test('waits 5 s, 10 s and 15 s, and a minute for a pod that is to end', t => {
  const { schedule, halfOpenTimeout } = reachThrough({ url: new URL('http://127.0.0.1') })
  t.strictSame([schedule, halfOpenTimeout], [[5000, 10_000, 15_000], 60_000])
  t.end()
})

t.test(
  'asks the API server for the Pod by name, with our credentials, over TLS and below a path',
  async t => {
    const certificates = await createCertificates(['127.0.0.1'], new Date())
    const api = await Api.start(t, { certificates })
    const pod = await greeting(t)
    const reach = reachThrough(api, {
      server: () =>
        Promise.resolve({
          ...{ url: new URL('/k8s/clusters/c-1/', api.url), agent: undefined },
          headers: { authorization: 'Bearer token' },
          tls: { ca: certificates.ca },
        }),
    })
    const near = new Recorder(await reach.dial(pod, options).stream)
    await near.until(() => near.bytes.length === 5)
    t.equal(String(near.bytes), 'hello')
    t.match(api.requests, [
      {
        url: `/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1/portforward?ports=${pod.port}`,
        headers: {
          ...{ authorization: 'Bearer token', 'sec-websocket-protocol': 'v4.channel.k8s.io' },
          'sec-websocket-extensions': undefined,
        },
      },
    ])
    near.stream.reset()
    await api.quiet()
  },
)

t.test('an API server whose certificate is not trusted is not told anything', async t => {
  const certificates = await createCertificates(['127.0.0.1'], new Date())
  const api = await Api.start(t, { certificates })
  t.match(await failure(reachThrough(api).dial(await greeting(t), options)), {
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    message: /^cannot reach the API server: unable to verify/,
  })
  t.strictSame(api.requests, [])
})

t.test('a pod that refuses is a failed dial', async t => {
  const api = await Api.start(t)
  const endpoint = await nobody()
  t.match(await failure(reachThrough(api).dial(endpoint, options)), {
    code: 'ECONNREFUSED',
    message: `shop/web-1 refuses port ${endpoint.port} on its own loopback address, where port-forwards arrive`,
  })
  await api.quiet()
})

t.test('what else the kubelet says is told without the names of sandboxes', async t => {
  const sandbox = 'a'.repeat(64)
  const reasons = {
    [`failed to find sandbox "${sandbox}" in store: not found`]:
      'failed to find sandbox of the Pod in store: not found',
    'unable to do port forwarding: socat not found': 'unable to do port forwarding: socat not found',
  }
  for (const [said, told] of Object.entries(reasons)) {
    const api = await Api.start(t, { dial: () => Promise.reject(new Error(said)) })
    t.match(await failure(reachThrough(api).dial(await greeting(t), options)), {
      code: 'EFORWARD',
      message: `the kubelet cannot connect to shop/web-1: ${told}`,
    })
    await api.quiet()
  }
})

t.test('a pod that says nothing is connected when it did not refuse for a moment', async t => {
  const api = await Api.start(t)
  const pod = await endpointThat(t, () => undefined)
  const clock = new FakeClock()
  const { stream } = reachThrough(api, { clock }).dial(pod, options)
  await clock.alarm(delay => delay < 250)
  clock.advance(milliseconds(5))
  const near = new Recorder(await stream)
  t.strictSame(
    clock.waiting.filter(delay => delay < 10_000),
    [],
  )
  near.stream.reset()
  await api.quiet()
  t.equal(clock.alarms, 0)
})

t.test('a pod that speaks, or ends, is connected at once', async t => {
  const ended = await endpointThat(t, socket => socket.end())
  const api = await Api.start(t)
  for (const pod of [await greeting(t), ended]) {
    const near = new Recorder(await reachThrough(api, { clock: new FakeClock() }).dial(pod, options).stream)
    await near.until(() => near.bytes.length > 0 || near.told.includes('ended'))
    near.stream.reset()
  }
  await api.quiet()
})

t.test('answers that let nobody in are errors with a code, and leave no socket', async t => {
  const pod = await nobody()
  const answers = [
    [401, 'UNAUTHORIZED', /^the API server does not accept our credentials: no$/],
    [
      ...([403, 'FORBIDDEN'] as const),
      /^port-forwards in namespace shop take the verbs get and create on pods\/portforward: no$/,
    ],
    [404, 'ENOPOD', /^there is no Pod shop\/web-1: no$/],
    [400, 'EANSWER', /^the API server answered 400 to a port-forward to shop\/web-1: no$/],
    [500, 'EANSWER', /^the API server answered 500 to a port-forward to shop\/web-1: no$/],
  ] as const
  for (const [code, expected, message] of answers) {
    const api = await Api.start(t, { refuse: () => ({ code, reason: '', message: 'no' }) })
    t.match(await failure(reachThrough(api).dial(pod, options)), { code: expected, message })
    await api.quiet()
  }
})

t.test('a server that knows no WebSockets is told from one that refuses', async t => {
  const server = createHttpServer((_request, response) => response.end('<p>Welcome</p>'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  const api = { url: new URL(`http://127.0.0.1:${address.port}`) }
  t.match(await failure(reachThrough(api).dial(await nobody(), options)), {
    code: 'EANSWER',
    message:
      'the API server answered 200 to a port-forward to shop/web-1: <p>Welcome</p>: ' +
      'something on the way does not let WebSockets through',
  })
})

t.test('what we may not do is told once, until the reason is another or it works', async t => {
  let user = 'ada'
  const pods = await Promise.all([greeting(t), nobody()])
  const api = await Api.start(t, {
    refuse: ({ pod, port }) =>
      user === 'root'
        ? undefined
        : {
            ...{ code: 403, reason: 'Forbidden' },
            message: `pods "${pod}-${port}" is forbidden: User "${user}" cannot create resource "pods/portforward"`,
          },
  })
  const told: string[] = []
  const reach = reachThrough(api, {
    forbidden: (namespace, reason) => told.push(`${namespace}: ${reason}`),
  })
  for (const each of ['ada', 'bob', 'root', 'bob']) {
    user = each
    for (const pod of pods) await failure(reach.dial(pod, options))
  }
  const cannot = (name: string): string => `shop: User "${name}" cannot create resource "pods/portforward"`
  t.strictSame(told, [cannot('ada'), cannot('bob'), cannot('bob')])
  api.kill()
})

t.test('an endpoint that is no Pod is not asked for', async t => {
  const api = await Api.start(t)
  const pod = await greeting(t)
  t.match(await failure(reachThrough(api, { podAt: () => undefined }).dial(pod, options)), {
    code: 'ENOPOD',
    message: `127.0.0.1:${pod.port} is no Pod, and a port-forward reaches only Pods`,
  })
  t.strictSame(api.requests, [])
})

t.test('credentials that cannot be had are the reason', async t => {
  const server = (): Promise<never> => Promise.reject(new Error('no credentials of the kubeconfig'))
  const reach = reachThrough({ url: new URL('http://127.0.0.1') }, { server })
  t.match(await failure(reach.dial(await nobody(), options)), { message: 'no credentials of the kubeconfig' })
})

t.test('an API server that is not there is the reason', async t => {
  const { port } = await nobody()
  const reach = reachThrough({ url: new URL(`http://127.0.0.1:${port}`) })
  t.match(await failure(reach.dial(await nobody(), options)), {
    code: 'ECONNREFUSED',
    message: /^cannot reach the API server: connect ECONNREFUSED /,
  })
})

t.test('whoever does not answer within the timeout is given up, and nothing stays', async t => {
  const pod = await greeting(t)
  const closed: Promise<unknown>[] = []
  const silent = await rawServer(t, socket => closed.push(once(socket.resume(), 'end')))
  const headersOnly = await Api.start(t, { dial: () => new Promise(() => undefined) })
  const never = { server: () => new Promise<never>(() => undefined) }
  for (const [server, more] of [[silent], [headersOnly], [silent, never]] as const) {
    const clock = new FakeClock()
    const { stream } = reachThrough(server, { clock, ...more }).dial(pod, {
      timeout: milliseconds(4),
      servicePort,
    })
    await (server === headersOnly ? clock.alarm(delay => delay === 5) : settled())
    clock.advance(4)
    await t.rejects(stream, { code: 'ETIMEDOUT', message: 'no port-forward to shop/web-1 within 4 ms' })
    t.equal(clock.alarms, 0)
  }
  await Promise.all([...closed, headersOnly.quiet()])
})

t.test('a dial that is given up is over at once, and nothing stays', async t => {
  const pod = await endpointThat(t, () => undefined)
  const api = await Api.start(t)
  const closed: Promise<unknown>[] = []
  const arrived: (() => void)[] = []
  const silent = await rawServer(t, socket => {
    closed.push(once(socket.resume(), 'end'))
    for (const tell of arrived) tell()
  })
  const giveUp = async (dialling: Dialling, when: Promise<unknown>): Promise<void> => {
    await when
    dialling.giveUp()
    dialling.giveUp()
    await t.rejects(dialling.stream, { code: 'ABORT_ERR' })
  }
  await giveUp(reachThrough(api).dial(pod, options), Promise.resolve())
  t.strictSame(api.requests, [])
  const asked = new Promise<void>(resolve => arrived.push(resolve))
  await giveUp(reachThrough(silent).dial(pod, options), asked)
  const clock = new FakeClock()
  const doubting = reachThrough(api, { clock }).dial(pod, options)
  await giveUp(
    doubting,
    clock.alarm(delay => delay < 250),
  )
  t.equal(clock.alarms, 0)
  await Promise.all([...closed, api.quiet()])
})

t.test('the API server and the credentials are looked up for each dial', async t => {
  const pod = await greeting(t)
  const [old, now] = [await Api.start(t), await Api.start(t)]
  let url = old.url
  const reach = reachThrough(old, { server: () => Promise.resolve(wayTo(url)) })
  const first = await reach.dial(pod, options).stream
  url = now.url
  const second = await reach.dial(pod, options).stream
  t.strictSame([old.requests.length, now.requests.length], [1, 1])
  first.reset()
  second.reset()
})
