import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Failure } from '../../lib/model/failure.js'
import { type ApiServer, findApiServer } from '../../lib/watch/api-server.js'
import { errorCode } from '../../lib/model/error-text.js'
import { FakeClock } from '../fake-clock.js'
import type { KubeConfigChoice } from '../../lib/watch/kubeconfig.js'

const noPlugins: KubeConfigChoice['plugins'] = {
  run: () => Promise.reject(new Error('nobody runs plugins here')),
  ...{ clock: new FakeClock(), now: () => 0 },
}

const readHere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const { signal } = new AbortController()

const find = (choice: Partial<KubeConfigChoice>): Promise<ApiServer> =>
  findApiServer({ env: {}, readFile: readHere, plugins: noPlugins, ...choice })

const failure = async (choice: Partial<KubeConfigChoice>): Promise<string> => {
  try {
    return `found ${(await find(choice)).origin}`
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message} | ${error.cure}` : String(error)
  }
}

interface Parts {
  readonly server?: string
  readonly cluster?: string
  readonly user?: string
  readonly current?: string
}

const kubeconfig = ({
  server = 'https://192.0.2.1:6443',
  cluster = '',
  user = 'token: secret',
  current = 'one',
}: Parts) =>
  `current-context: ${current}
contexts:
- { name: one, context: { cluster: c, user: u } }
- { name: two, context: { cluster: c2, user: u } }
- { name: three, context: { cluster: c, user: nobody } }
clusters:
- { name: c, cluster: { server: '${server}' ${cluster} } }
users:
- { name: u, user: { ${user} } }
`

t.test(
  '--kubeconfig goes before KUBECONFIG, that before the home of who called sudo, that before ours',
  async t => {
    const at = t.testdir({
      flag: kubeconfig({ server: 'https://flag:1' }),
      env: kubeconfig({ server: 'https://env:2' }),
      ada: { '.kube': { config: kubeconfig({ server: 'https://ada:3' }) } },
      root: { '.kube': { config: kubeconfig({ server: 'https://root:4' }) } },
    })
    const all = {
      kubeconfig: join(at, 'flag'),
      env: { KUBECONFIG: join(at, 'env') },
      sudo: { user: 'ada', home: join(at, 'ada') },
      home: join(at, 'root'),
    }
    const found = [
      await find(all),
      await find({ ...all, kubeconfig: undefined }),
      await find({ ...all, kubeconfig: undefined, env: {} }),
      await find({ home: join(at, 'root') }),
      await find({ sudo: { user: 'bob', home: join(at, 'bob') }, home: join(at, 'root') }),
    ]
    t.strictSame(
      found.map(({ url, origin }) => `${url.host} ${origin.replaceAll(at, '')}`),
      [
        'flag:1 /flag (--kubeconfig)',
        'env:2 /env (KUBECONFIG)',
        'ada:3 /ada/.kube/config of ada, who called sudo',
        'root:4 /root/.kube/config',
        'root:4 /root/.kube/config of root, as bob, who called sudo, has none',
      ],
    )
  },
)

t.test(
  'of several files in KUBECONFIG the first that says something counts, and missing ones do not',
  async t => {
    const at = t.testdir({
      first: "current-context: two\nclusters: [{ name: c2, cluster: { server: 'https://first:1' } }]\n",
      second: kubeconfig({ server: 'https://second:2' }),
    })
    const { url, origin } = await find({ env: { KUBECONFIG: `${at}/first:${at}/none:${at}/second` } })
    t.equal(url.host, 'first:1')
    t.equal(origin.replaceAll(at, ''), '/first, /second (KUBECONFIG)')
  },
)

t.test('--master replaces the server, and alone is enough', async t => {
  const at = t.testdir({ config: kubeconfig({}) })
  const both = await find({ kubeconfig: join(at, 'config'), master: 'https://192.0.2.9:6443' })
  t.equal(both.url.host, '192.0.2.9:6443')
  t.match(await both.credentials(signal), { headers: { Authorization: 'Bearer secret' } })
  const alone = await find({ master: 'http://localhost:8001' })
  t.strictSame([alone.url.href, alone.origin], ['http://localhost:8001/', '--master'])
  t.strictSame((await alone.credentials(signal)).headers, {})
})

t.test('a pod has its service account, and reads its token each time', async t => {
  const account = '/var/run/secrets/kubernetes.io/serviceaccount'
  let token = 'old\n'
  const files = (path: string): Promise<string | undefined> =>
    Promise.resolve(path === `${account}/token` ? token : path === `${account}/ca.crt` ? 'ca' : undefined)
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
  const { url, origin } = await find({ env, readFile: files })
  t.strictSame([url.href, origin], ['https://[fd00::1]/', "the pod's service account"])

  const at = t.testdir({ config: kubeconfig({ user: 'tokenFile: token' }) })
  const config = await readHere(join(at, 'config'))
  const server = await find({
    kubeconfig: join(at, 'config'),
    readFile: path =>
      Promise.resolve(path.endsWith('/token') ? token : path.endsWith('/config') ? config : undefined),
  })
  t.strictSame((await server.credentials(signal)).headers, { Authorization: 'Bearer old' })
  token = 'new'
  t.strictSame((await server.credentials(signal)).headers, { Authorization: 'Bearer new' })
})

t.test('names and passwords, certificates and server names of a kubeconfig are used', async t => {
  const at = t.testdir({
    ca: 'the CA',
    config: kubeconfig({
      cluster: ', certificate-authority: ca, tls-server-name: kube.test',
      user: `username: ada, password: pass, client-certificate-data: ${btoa('cert')}, client-key-data: ${btoa('key')}`,
    }),
  })
  const { headers, tls } = await (await find({ kubeconfig: join(at, 'config') })).credentials(signal)
  t.strictSame(headers, { Authorization: `Basic ${btoa('ada:pass')}` })
  t.strictSame(tls, {
    ca: Buffer.from('the CA'),
    cert: Buffer.from('cert'),
    key: Buffer.from('key'),
    servername: 'kube.test',
  })
})

t.test('a user without credentials still has the CA', async t => {
  const at = t.testdir({
    config: kubeconfig({ cluster: `, certificate-authority-data: ${btoa('the CA')}`, user: '' }),
  })
  const { tls } = await (await find({ kubeconfig: join(at, 'config') })).credentials(signal)
  t.strictSame(tls, { ca: Buffer.from('the CA') })
})

t.test(
  'an exec plugin with a path is where the kubeconfig is, one without is found as any program',
  async t => {
    const exec = (command: string): string =>
      kubeconfig({ user: `exec: { apiVersion: client.authentication.k8s.io/v1, command: ${command} }` })
    const at = t.testdir({ path: exec('./bin/login'), whole: exec('/opt/login'), name: exec('login') })
    const commands: string[] = []
    const plugins: KubeConfigChoice['plugins'] = {
      ...noPlugins,
      run: ({ command }) => {
        commands.push(command.replaceAll(at, ''))
        return Promise.reject(new Error('not now'))
      },
    }
    for (const name of ['path', 'whole', 'name']) {
      const { credentials } = await find({ kubeconfig: join(at, name), plugins })
      await t.rejects(credentials(signal), { message: /the exec plugin .*: not now/ })
    }
    t.strictSame(commands, ['/bin/login', '/opt/login', 'login'])
  },
)

t.test('a plugin that wants the cluster is told what the kubeconfig says of it to plugins alone', async t => {
  const extension = "{ name: client.authentication.k8s.io/exec, extension: { audience: 'kube' } }"
  const at = t.testdir({
    ca: 'the CA',
    config: kubeconfig({
      cluster: `, certificate-authority: ca, extensions: [${extension}]`,
      user: 'exec: { apiVersion: client.authentication.k8s.io/v1, command: x, provideClusterInfo: true }',
    }),
  })
  let told = ''
  const plugins: KubeConfigChoice['plugins'] = {
    ...noPlugins,
    run: ({ variables }) => {
      told = variables.KUBERNETES_EXEC_INFO ?? ''
      const token = {
        kind: 'ExecCredential',
        apiVersion: 'client.authentication.k8s.io/v1',
        status: { token: 'x' },
      }
      return Promise.resolve({ code: 0, stdout: JSON.stringify(token), stderr: '' })
    },
  }
  const { credentials } = await find({ kubeconfig: join(at, 'config'), plugins })
  t.match(await credentials(signal), {
    headers: { Authorization: 'Bearer x' },
    tls: { ca: Buffer.from('the CA') },
  })
  t.match(JSON.parse(told), {
    spec: {
      cluster: {
        ...{ server: 'https://192.0.2.1:6443', config: { audience: 'kube' } },
        'certificate-authority-data': btoa('the CA'),
      },
    },
  })
})

t.test('what is wrong with a kubeconfig is said with the name of the file, and what to do', async t => {
  const at = t.testdir({
    folder: {},
    empty: '',
    yaml: 'contexts: [',
    list: '[1, 2]',
    nameless: 'clusters: [{ cluster: { server: x } }]',
    current: kubeconfig({ current: '""' }),
    cluster: kubeconfig({ current: 'two' }),
    user: kubeconfig({ current: 'three' }),
    ca: kubeconfig({ cluster: ', certificate-authority: missing.crt' }),
    url: kubeconfig({ server: '192.0.2.1:6443' }),
  })
  const inFile = async (name: string, more = {}): Promise<string> =>
    (await failure({ kubeconfig: join(at, name), ...more })).replaceAll(at, '')
  const another = 'correct the file, or name another one with --kubeconfig'
  const contexts = 'choose one with --context: one, two, three'
  t.equal(
    await inFile('none'),
    'usage: there is no kubeconfig /none, named by --kubeconfig | name the kubeconfig of your cluster with --kubeconfig FILE',
  )
  t.match(await inFile('folder'), 'usage: /folder cannot be read: EISDIR')
  t.equal(await inFile('empty'), `usage: the kubeconfig /empty is empty | ${another}`)
  t.equal(await inFile('list'), `usage: the kubeconfig /list is no kubeconfig | ${another}`)
  t.match(await inFile('yaml'), `usage: the kubeconfig /yaml is no YAML: `)
  t.equal(
    await inFile('nameless'),
    `usage: the kubeconfig /nameless is not valid: clusters[0].name is missing | ${another}`,
  )
  t.equal(await inFile('current'), `usage: /current (--kubeconfig) names no current context | ${contexts}`)
  t.equal(
    await inFile('current', { context: 'four' }),
    `usage: /current (--kubeconfig) has no context "four" | ${contexts}`,
  )
  const choose = 'correct the file, or choose another context with --context'
  t.equal(
    await inFile('cluster'),
    `usage: /cluster (--kubeconfig) has no cluster c2, which its context two names | ${choose}`,
  )
  t.equal(
    await inFile('user'),
    `usage: /user (--kubeconfig) has no user nobody, which its context three names | ${choose}`,
  )
  t.equal(
    await inFile('ca'),
    'usage: there is no file /missing.crt, which the kubeconfig names | correct the kubeconfig, or name another one with --kubeconfig',
  )
  t.match(
    await inFile('url'),
    'usage: /url (--kubeconfig) names the API server "192.0.2.1:6443", which is no URL',
  )
  t.equal(
    await failure({}),
    'usage: there is no kubeconfig, so no way to know where the API server is | name one with --kubeconfig FILE or KUBECONFIG, or the server with --master URL',
  )
})
