import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { type EventOf, isOf } from '../../examples/demo/portal-process.js'
import { ask, connectFromNode } from '../../examples/demo/request.js'
import { machine } from '../../lib/host/machine.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace, needing } from '../namespace.js'
import { deploy, exchange, kubeconfig, rules, running, sandbox, scale } from './stage.js'

const somePod = ipAddress('10.244.200.1')

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 3)
  const web3 = 'default/web/TCP'
  const portal = await running()
  await portal.served(web3, 3)
  const fromPod = (): Promise<Socket> => cluster.pods.connect(somePod, web)
  const fromNode = (): Promise<Socket> => connectFromNode(web)

  const kubectl = ['--kubeconfig', kubeconfig, 'get', 'service', 'web', '-o', 'name']
  t.test(
    'kubectl in the sandbox asks nobody for a name and a password',
    await needing('kubectl', 'version', '--client'),
    async t => {
      const asked = await machine.run('kubectl', kubectl, { timeout: seconds(20) })
      t.strictSame(asked, { code: 0, stdout: 'service/web\n', stderr: '' })
    },
  )

  t.test('300 requests to a Service with three endpoints are dealt 100, 100, 100', async t => {
    const counts = new Map<string, number>()
    for (let request = 0; request < 300; request++) {
      const name = await ask(await (request % 2 === 0 ? fromPod() : fromNode()))
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    t.strictSame([...counts.values()], [100, 100, 100])
  })

  t.test(
    'a client that has sent its end still gets the whole answer, from a pod and from the node',
    async t => {
      const question = Buffer.alloc(1 << 20, 'half-close ')
      t.ok((await exchange(await fromPod(), question)).equals(question), 'from a pod')
      t.ok((await exchange(await fromNode(), question)).equals(question), 'from the node')
    },
  )

  t.test('a reset by the client reaches the endpoint as a reset', async t => {
    const resetter = ipAddress('10.244.200.9')
    const socket = await cluster.pods.connect(resetter, web)
    socket.write('some bytes')
    await once(socket, 'data')
    socket.resetAndDestroy()
    const isGone = (event: ProxyEvent): event is EventOf<'disconnected'> =>
      isOf('disconnected')(event) && event.client === resetter
    t.equal((await portal.event('the end', isGone)).how, 'reset by client')
  })

  t.test('a pod reaches itself through its Service', async t => {
    const alone = deploy(cluster, 'alone', 1)
    await portal.served('default/alone/TCP', 1)
    const [endpoint] = (await portal.event('alone', isOf('endpoints', 'default/alone/TCP'))).endpoints
    if (!endpoint) throw new Error('no endpoint')
    t.match(await ask(await cluster.pods.connect(endpoint.address, alone)), /^alone-/)
  })

  t.test(
    'an edit of a Service that leaves its port alone keeps its rule, its listener and open connections',
    async t => {
      const before = await rules()
      const open = await fromPod()
      const from = portal.now()
      const service = cluster.objects.get('services', 'default', 'web')
      if (!service) throw new Error('no Service')
      cluster.objects.update('services', {
        ...service,
        metadata: { ...service.metadata, labels: { edited: 'yes' } },
        spec: { ...Object(service.spec), sessionAffinity: 'ClientIP' },
      })
      await portal.event('the edit', isOf('affinity', web3), from)
      await portal.synced(portal.now() - 1)
      t.equal(await rules(), before)
      t.strictSame(
        portal.events(from).filter(({ type }) => type === 'closed' || type === 'listening'),
        [],
      )
      t.equal(String(await exchange(open, 'still there')), 'still there')
    },
  )

  t.test('without endpoints clients are refused at once, and served again when there is one', async t => {
    const from = portal.now()
    scale(cluster, 'web', 0)
    await portal.served(web3, 0, from)
    await t.rejects(fromPod(), { code: 'ECONNREFUSED' }, 'from a pod')
    await t.rejects(fromNode(), { code: 'ECONNREFUSED' }, 'from the node')
    const refusing = portal.now()
    scale(cluster, 'web', 2)
    await portal.served(web3, 2, refusing)
    t.match(await ask(await fromPod()), /^web-/)
  })

  t.test('the local port of a Service cannot be used without its portal', async t => {
    const { port } = await portal.event('a listener', isOf('listening', web3))
    const node = ipAddress('172.18.0.2')
    await t.rejects(connectFromNode({ address: node, port }), { code: 'ECONNREFUSED' }, 'from the node')
    await t.rejects(
      cluster.pods.connect(somePod, { address: node, port }),
      { code: 'ECONNREFUSED' },
      'from a pod',
    )
  })

  t.test('a Service that is deleted leaves no rule, and its open connections go on', async t => {
    const open = await fromPod()
    const from = portal.now()
    cluster.objects.remove('services', 'default', 'web')
    await portal.event('its listener to close', isOf('closed', web3), from)
    t.notMatch(await rules(), web.address)
    t.equal(String(await exchange(open, 'still there')), 'still there')
  })

  t.test('SIGTERM ends it with 0, and the rules are as they were before it began', async t => {
    t.equal(await portal.stop(), 0)
    t.notMatch(await rules(), /KUBE-/)
  })
})
