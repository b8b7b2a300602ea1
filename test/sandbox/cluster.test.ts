import t from 'tap'
import { realClock as clock } from '../../lib/cli/real-clock.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import type { ApiObject } from '../../lib/sandbox/api-object.js'
import { startCluster } from '../../lib/sandbox/cluster.js'
import { nodeAddresses } from '../../lib/sandbox/network/addresses.js'
import { familiesHere } from '../../lib/sandbox/network/families.js'
import { at, listAt, objectAt, textAt } from '../../lib/sandbox/json.js'
import { inNamespace } from '../namespace.js'
import { memoryObjects } from './memory-objects.js'

const now = (): string => '2026-01-01T00:00:00Z'

const container = (name: string, containerPort = 80) =>
  ({ name, image: 'anything', ports: [{ name: 'http', containerPort, protocol: 'TCP' }] }) as const

/** The IPv6 address of the pod that has this IPv4 address. */
const sixth = (address: string): string => `fd00:10:244::${Number(address.split('.').at(-1)).toString(16)}`

const pod = (name: string, spec: Readonly<Record<string, unknown>> = {}): ApiObject => ({
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { containers: [container('web')], ...spec },
})

await inNamespace(import.meta.url, async () => {
  const objects = memoryObjects()
  const troubles: unknown[] = []
  const families = await familiesHere(machine)
  const cluster = await startCluster({
    ...{ objects, host: machine, clock, now, grace: milliseconds(0), families },
    api: { address: ipAddress('172.18.0.2'), port: port(6443) },
    onTrouble: error => troubles.push(error),
  })
  t.teardown(() => cluster.close())
  t.afterEach(async () => {
    for (const { metadata } of objects.list('pods')) objects.remove('pods', 'default', metadata.name)
    await cluster.idle()
  })

  /** What `look` finds, as soon as it finds something. */
  const found = <T>(look: () => T | undefined): Promise<T> =>
    new Promise(resolve => {
      const again = (): void => {
        const value = look()
        if (value === undefined) return
        end()
        resolve(value)
      }
      const end = objects.onChange(again)
      again()
    })
  const current = (name: string): ApiObject => objects.get('pods', 'default', name) ?? pod('gone')
  const running = (name: string): Promise<string> =>
    found(() => {
      const running = textAt(current(name), 'status', 'phase') === 'Running'
      return running ? textAt(current(name), 'status', 'podIP') : undefined
    })
  const change = (name: string, annotations: Readonly<Record<string, string>>): ApiObject =>
    objects.update('pods', { ...current(name), metadata: { ...current(name).metadata, annotations } })
  const ask = async (address: string): Promise<string> => (await fetch(`http://${address}/`)).text()
  const refusal = { cause: { code: 'ECONNREFUSED' } }

  t.test('a new cluster has its namespaces, its Node and the Service of its API server', t => {
    const names = objects.list('namespaces').map(({ metadata }) => metadata.name)
    t.strictSame(names, ['default', 'kube-public', 'kube-system'])
    t.match(objects.list('nodes'), [
      { metadata: { name: cluster.nodeName }, spec: { podCIDR: '10.244.0.0/24' } },
    ])
    t.match(objects.list('endpointslices'), [
      {
        metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
        endpoints: [{ addresses: ['172.18.0.2'], conditions: { ready: true } }],
        ports: [{ name: 'https', protocol: 'TCP', port: 6443 }],
      },
    ])
    t.equal(objects.list('endpointslices').length, 1)
    t.end()
  })

  t.test('a pod gets a Node, an address and a status, and answers with its name', async t => {
    objects.create('pods', pod('web'))
    const address = await running('web')
    t.equal(await ask(address), 'web\n')
    t.equal(textAt(current('web'), 'spec', 'nodeName'), 'sandbox-node')
    const is = (type: string) => ({ type, status: 'True', lastTransitionTime: now() }) as const
    t.strictSame(at(current('web'), 'status'), {
      phase: 'Running',
      hostIP: '172.18.0.2',
      hostIPs: families.map(family => ({ ip: nodeAddresses[family] })),
      podIP: address,
      podIPs: families.map(family => ({ ip: family === 'IPv4' ? address : sixth(address) })),
      startTime: now(),
      conditions: [
        'PodReadyToStartContainers',
        'Initialized',
        'Ready',
        'ContainersReady',
        'PodScheduled',
      ].map(is),
      containerStatuses: [
        {
          ...{ name: 'web', image: 'anything', imageID: '', ready: true, started: true, restartCount: 0 },
          state: { running: { startedAt: now() } },
        },
      ],
    })
  })

  t.test('a Deployment and a Service make endpoints that answer', async t => {
    objects.create('deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'shop' } },
        template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [container('web', 8080)] } },
      },
    })
    objects.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop', namespace: 'default' },
      spec: { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 'http' }] },
    })
    const endpoints = await found(() => {
      const slice = objects.list('endpointslices').find(({ metadata }) => metadata.name.startsWith('shop-'))
      return listAt(slice, 'endpoints').length === 3 ? listAt(slice, 'endpoints') : undefined
    })
    for (const endpoint of endpoints) {
      const [address] = listAt(endpoint, 'addresses')
      t.equal(await ask(`${String(address)}:8080`), `${textAt(endpoint, 'targetRef', 'name')}\n`)
    }
    await cluster.idle()
    t.match(objectAt(objects.get('deployments', 'default', 'web'), 'status'), {
      readyReplicas: 3,
      replicas: 3,
    })
    objects.remove('deployments', 'default', 'web')
    await found(() => (objects.list('pods').length === 0 ? true : undefined))
  })

  t.test('a pod of another Node has an address of that', async t => {
    objects.create('nodes', {
      metadata: { name: 'other' },
      spec: { podCIDR: '10.244.1.0/24' },
      status: { addresses: [{ type: 'InternalIP', address: '172.18.0.3' }] },
    })
    objects.create('pods', pod('far', { nodeName: 'other' }))
    t.equal(await running('far'), '10.244.1.2')
    t.equal(await ask('10.244.1.2'), 'far\n')
    t.equal(textAt(current('far'), 'status', 'hostIP'), '172.18.0.3')
  })

  t.test('a pod that is annotated as not ready still answers', async t => {
    objects.create('pods', pod('web'))
    const address = await running('web')
    change('web', { 'sandbox.kube-portal.dev/ready': 'false' })
    await cluster.idle()
    t.match(at(current('web'), 'status', 'conditions'), [{}, {}, { type: 'Ready', status: 'False' }])
    t.equal(await ask(address), 'web\n')
  })

  t.test('a deleted pod stops answering before it is gone', async t => {
    const { metadata } = objects.create('pods', pod('web'))
    const address = await running('web')
    objects.terminate('pods', current('web'), 30)
    await found(() => (objects.get('pods', 'default', metadata.name) ? undefined : true))
    await t.rejects(ask(address), refusal)
  })

  t.test('a deleted pod that is to linger serves until it no longer is', async t => {
    objects.create('pods', pod('web'))
    const address = await running('web')
    change('web', { 'sandbox.kube-portal.dev/linger': 'true' })
    objects.terminate('pods', current('web'), 30)
    await cluster.idle()
    t.equal(await ask(address), 'web\n')
    change('web', {})
    await found(() => (objects.get('pods', 'default', 'web') ? undefined : true))
    await t.rejects(ask(address), refusal)
  })

  t.test('a pod that is removed and made again at once is another pod, at another address', async t => {
    objects.create('pods', pod('web'))
    const before = await running('web')
    objects.remove('pods', 'default', 'web')
    objects.create('pods', pod('web'))
    const after = await running('web')
    t.not(after, before)
    t.equal(await ask(after), 'web\n')
  })

  t.test('a pod whose containers want the same port fails, and says why', async t => {
    objects.create('pods', pod('clash', { containers: [container('one'), container('two')] }))
    const status = await found(() =>
      textAt(current('clash'), 'status', 'phase') === 'Failed' ? at(current('clash'), 'status') : undefined,
    )
    t.match(status, { reason: 'SandboxFailed', message: /EADDRINUSE.*:80$/ })
  })

  t.test('in all this no controller had trouble', t => {
    t.strictSame(troubles, [])
    t.end()
  })
})
