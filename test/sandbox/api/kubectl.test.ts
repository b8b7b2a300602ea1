import { writeFileSync } from 'node:fs'
import t from 'tap'
import { Kubectl, whyNoKubectl } from './kubectl.js'
import { newStore, noon, service, startSandbox } from './sandbox.js'

const manifest = (image: string, port: number): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    'metadata: {name: shop}',
    'spec:',
    '  clusterIP: 10.96.0.20',
    '  selector: {app: shop}',
    `  ports: [{name: http, port: ${port}, targetPort: web}, {name: dns, port: 53, protocol: UDP}]`,
    '---',
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata: {name: shop}',
    'spec:',
    '  selector: {matchLabels: {app: shop}}',
    '  template:',
    '    metadata: {labels: {app: shop}}',
    `    spec: {containers: [{name: web, image: "${image}", ports: [{name: web, containerPort: 80}]}]}`,
    '',
  ].join('\n')

/** Columns apart by one space, so that their width does not matter. */
const table = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map(line => line.trim().replaceAll(/ {2,}/g, ' '))

const missing = process.env.CI === 'true' ? undefined : whyNoKubectl()

t.test('kubectl', missing === undefined ? {} : { skip: missing }, async t => {
  const store = newStore({ now: () => noon })
  store.create('nodes', {
    metadata: { name: 'node-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      nodeInfo: { kubeletVersion: 'v1.32.0' },
    },
  })
  const { server } = await startSandbox(store, { secret: { name: 'admin' } })
  const kubectl = new Kubectl(server, 'secret')
  t.teardown(async () => {
    kubectl.close()
    await server.close()
  })
  const run = (line: string, ...more: readonly string[]): Promise<string> =>
    kubectl.run(...line.split(' '), ...more)

  t.test('creates a namespace, a deployment and a service, without a warning', async t => {
    t.equal(await run('create namespace shop'), 'namespace/shop created\n')
    t.equal(await run('create deployment web --image=nginx:1 --replicas=2'), 'deployment.apps/web created\n')
    t.equal(await run('expose deployment web --port 80 --cluster-ip 10.96.0.10'), 'service/web exposed\n')
    t.equal(
      await run('create service nodeport cart --tcp=80:8080 --node-port=30080'),
      'service/cart created\n',
    )
  })

  t.test('prints the tables that everybody knows', async t => {
    t.strictSame(table(await run('get service web -o wide')), [
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE SELECTOR',
      'web ClusterIP 10.96.0.10 <none> 80/TCP 0s app=web',
    ])
    t.strictSame(table(await run('get deployments -o wide')), [
      'NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR',
      'web 0/2 0 0 0s nginx nginx:1 app=web',
    ])
    t.strictSame(table(await run('get nodes')), [
      'NAME STATUS ROLES AGE VERSION',
      'node-1 Ready control-plane 0s v1.32.0',
    ])
    t.strictSame(table(await run('get ns')), ['NAME STATUS AGE', 'default Active 0s', 'shop Active 0s'])
    t.equal(await run('get pods'), 'No resources found in default namespace.\n')
    t.equal(await run('get service nobody'), 'Error from server (NotFound): services "nobody" not found\n')
  })

  t.test('shows changes as they happen', async t => {
    const lines = kubectl.lines('get', 'service', '-w')
    const next = async (): Promise<string> =>
      String((await lines.next()).value)
        .replaceAll(/ {2,}/g, ' ')
        .trim()
    t.match(await next(), /^NAME TYPE/)
    t.match(await next(), /^cart NodePort/)
    t.match(await next(), /^web ClusterIP/)
    store.create('services', service('late', { clusterIP: '10.96.0.30' }))
    t.equal(await next(), 'late ClusterIP 10.96.0.30 <none> 80/TCP 0s')
    store.remove('services', 'default', 'late')
    t.equal(await next(), 'late ClusterIP 10.96.0.30 <none> 80/TCP 0s')
    await lines.return(undefined)
  })

  t.test('applies a file, again, and with a change', async t => {
    const file = kubectl.file('shop.yaml')
    writeFileSync(file, manifest('nginx:1', 80))
    t.equal(await run('apply -f', file), 'service/shop created\ndeployment.apps/shop created\n')
    t.equal(await run('apply -f', file), 'service/shop unchanged\ndeployment.apps/shop unchanged\n')
    writeFileSync(file, manifest('nginx:2', 81))
    t.equal(await run('apply -f', file), 'service/shop configured\ndeployment.apps/shop configured\n')
    t.equal(
      await run('get service shop -o', 'jsonpath={range .spec.ports[*]}{.name} {.port} {.targetPort};{end}'),
      'http 81 web;dns 53 53;',
    )
    t.equal(
      await run(
        'get deployment shop -o',
        'jsonpath={.spec.template.spec.containers[*].image} {.metadata.generation}',
      ),
      'nginx:2 2',
    )
  })

  t.test('patches in three ways', async t => {
    const ports = async (): Promise<string> => run('get service shop -o', 'jsonpath={.spec.ports[*].port}')
    t.equal(
      await run('patch service shop -p', '{"spec":{"ports":[{"name":"alt","port":82}]}}'),
      'service/shop patched\n',
    )
    t.equal(await ports(), '82 81 53')
    const json = '[{"op":"remove","path":"/spec/ports/0"}]'
    t.equal(await run('patch service shop --type json -p', json), 'service/shop patched\n')
    t.equal(await ports(), '81 53')
    const merge = '{"spec":{"ports":[{"port":90}]}}'
    t.equal(await run('patch service shop --type merge -p', merge), 'service/shop patched\n')
    t.equal(await ports(), '90')
  })

  t.test('scales, labels and annotates', async t => {
    t.equal(await run('scale deployment web --replicas=3'), 'deployment.apps/web scaled\n')
    t.equal(await run('get deployment web -o', 'jsonpath={.spec.replicas}'), '3')
    t.equal(await run('label service web tier=front'), 'service/web labeled\n')
    t.equal(await run('annotate service web note=hello'), 'service/web annotated\n')
    t.equal(
      await run('get services -l tier=front -o', 'jsonpath={.items[*].metadata.annotations.note}'),
      'hello',
    )
  })

  t.test('says what is refused, and why', async t => {
    t.match(
      await run('create service nodeport other --tcp=80 --node-port=30080'),
      /spec\.ports\[0\]\.nodePort: Invalid value: 30080: provided port is already allocated/,
    )
    t.match(await run('-n nowhere create deployment x --image=y'), /namespaces "nowhere" not found/)
  })

  t.test('describes services, deployments and nodes', async t => {
    t.match(await run('describe service web'), /Name: +web\n[^]*Selector: +app=web\n[^]*Events: +<none>\n/)
    t.match(await run('describe deployment web'), /Replicas: +3 desired[^]*Events: +<none>\n/)
    t.match(await run('describe node node-1'), /InternalIP: +192\.0\.2\.1\n/)
  })

  t.test('deletes', async t => {
    t.match(await run('delete service web'), /^service "web" deleted/)
    t.match(
      await run('delete deployments --all'),
      /deployment\.apps "shop" deleted.*\ndeployment\.apps "web" deleted/,
    )
    t.match(await run('delete namespace shop'), /^namespace "shop" deleted/)
    t.strictSame(
      store.list('services').map(({ metadata }) => metadata.name),
      ['cart', 'shop'],
    )
  })
})
