import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import t from 'tap'
import { WebSocket } from 'ws'
import { machine } from '../../lib/host/machine.js'
import { type Endpoint } from '../../lib/model/endpoint.js'
import { errorCode } from '../../lib/model/error-text.js'
import { type IpAddress, ipAddress } from '../../lib/model/ip-address.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { port } from '../../lib/model/port.js'
import { textAt } from '../../lib/sandbox/json.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { subprotocol } from '../reach/port-forward/kubelet.js'
import { clientsOf } from '../services/clients.js'
import { deployment, found, podsOf, whenReady } from '../services/workloads.js'
import { runAs } from './laptop.js'
import { wifiOff, wifiOn } from './network.js'
import { onLaptop, startLaptop } from './stage.js'

const ip = (...args: readonly string[]): Promise<void> => succeed(machine, ['ip', ...args])
const at = (address: IpAddress): Endpoint => ({ address, port: port(8080) })

await onLaptop(import.meta.url, async () => {
  const kind = await startLaptop({ dns: true, accounts: { cut: { namespace: 'default', name: 'cut' } } })
  const laptop = clientsOf(kind.pods).node
  kind.objects.create('deployments', deployment('web', { replicas: 3 }))
  const names = await whenReady(kind.objects, 'web')
  const [, pod] = podsOf(kind.objects, 'web')
  const podName = pod?.metadata.name ?? ''
  const address = ipAddress(textAt(pod, 'status', 'podIP'))
  const node = ipAddress(textAt(pod, 'status', 'hostIP'))
  const other = ipAddress(node === '172.18.0.2' ? '172.18.0.3' : '172.18.0.2')

  t.test('three pods are on three nodes', async t => {
    const hosts = podsOf(kind.objects, 'web').map(each => textAt(each, 'status', 'hostIP'))
    t.strictSame([...hosts].sort(), ['172.18.0.2', '172.18.0.3', '172.18.0.4'])
    t.equal(names.length, 3)
  })

  t.test('the laptop reaches a pod over its own node only, and without a route not at all', async t => {
    t.equal(await laptop.tcp(at(address)), 'SILENCE')
    await ip('route', 'add', address, 'via', other)
    t.equal(await laptop.tcp(at(address)), 'SILENCE')
    await ip('route', 'change', address, 'via', node)
    t.equal(await laptop.tcp(at(address)), podName)
    t.equal(await laptop.udp(at(address)), podName)
    await ip('route', 'del', address)
  })

  t.test('Wi-Fi can be switched off and on, and takes the default route with it', async t => {
    const { stdout: before } = await machine.run('ip', ['route'], { timeout: seconds(5) })
    await wifiOff()
    t.equal(await laptop.tcp(at(address)), 'ENETUNREACH')
    await wifiOn()
    const { stdout: after } = await machine.run('ip', ['route'], { timeout: seconds(5) })
    t.equal(after, before)
  })

  t.test('the user sees the cluster with kubectl, and only where kind put it', async t => {
    const { stdout } = await runAs('user', ['kubectl', 'config', 'current-context'])
    t.equal(stdout, 'kind-kind\n')
    const pods = await runAs('user', ['kubectl', 'get', 'pods', '-o', 'name'])
    t.strictSame(
      pods.stdout.trim().split('\n'),
      names.map(name => `pod/${name}`),
    )
    t.equal(await laptop.tcp({ address: ipAddress('172.18.0.2'), port: port(6443) }), 'ECONNREFUSED')
  })

  const forward = (token: string): WebSocket =>
    new WebSocket(
      `${kind.url}/api/v1/namespaces/default/pods/${podName}/portforward?ports=8080`,
      subprotocol,
      {
        ...{ ca: kind.ca, headers: { authorization: `Bearer ${token}` } },
      },
    )

  t.test('a pod is reached through the API server, by those who may', async t => {
    const socket = forward('anybody')
    await once(socket, 'open')
    socket.send(Buffer.from('\0hostname'))
    let answer = ''
    while (!answer.endsWith('\n')) {
      const frames: readonly unknown[] = await once(socket, 'message')
      answer = String(frames[0])
    }
    t.equal(answer, `\0${podName}\n`)
    socket.terminate()
    await t.rejects(once(forward('cut'), 'open'), /Unexpected server response: 403/)
  })

  t.test('its API server goes away, and comes back at the same port', async t => {
    await kind.api.stop()
    const gone = await runAs('user', ['kubectl', 'get', 'pods'])
    t.match(gone.stderr, /refused/)
    await kind.api.start()
    t.equal((await runAs('user', ['kubectl', 'get', 'pods'])).code, 0)
  })

  t.test("the cluster's DNS knows its Services by name", async t => {
    const dns = await found(kind.objects, () =>
      kind.objects.list('pods', 'kube-system').find(pod => textAt(pod, 'status', 'podIP') !== ''),
    )
    const dnsAt = textAt(dns, 'status', 'podIP')
    await ip('route', 'add', dnsAt, 'via', textAt(dns, 'status', 'hostIP'))
    const resolver = new Resolver({ timeout: 2000, tries: 1 })
    resolver.setServers([dnsAt])
    t.strictSame(await resolver.resolve4('kubernetes.default.svc.cluster.local'), ['10.96.0.1'])
    t.strictSame(await resolver.resolve6('kubernetes.default.svc.cluster.local').catch(errorCode), 'ENODATA')
    t.strictSame(await resolver.resolve4('nobody.default.svc.cluster.local').catch(errorCode), 'ENOTFOUND')
    await ip('route', 'del', dnsAt)
  })

  t.test('the user may become root by sudo', async t => {
    t.equal((await runAs('user', ['id', '-u'])).stdout, '1000\n')
    t.equal((await runAs('sudo', ['id', '-u'])).stdout, '0\n')
  })
})
