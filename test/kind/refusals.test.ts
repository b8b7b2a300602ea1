import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import type { Output } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { everything } from '../everything.js'
import { deployment, whenReady } from '../services/workloads.js'
import { runAs, runnerOf, type Who } from './laptop.js'
import { socksClient } from './socks-client.js'
import { onLaptop, startLaptop, startPortal } from './stage.js'

const run = (who: Who, ...args: readonly string[]): Promise<Output> =>
  runAs(who, ['kube-portal', 'run', ...args])

/** The shell command in what was said: all from `kubectl` to the end of its input. */
const grantIn = (said: string): string => /^kubectl apply -f - <<'EOF'\n[^]*?^EOF$/m.exec(said)?.[0] ?? ''

/** What an administrator does with it. */
const apply = (command: string): Promise<void> => succeed(machine, [...runnerOf('user'), 'sh', '-c', command])

await onLaptop(import.meta.url, async () => {
  const kind = await startLaptop({ accounts: { limited: { namespace: 'default', name: 'limited' } } })
  const { objects } = kind
  objects.create('deployments', deployment('web', { replicas: 3 }))
  const names = await whenReady(objects, 'web')
  const there = { address: ipAddress('10.96.31.4'), port: port(80) }
  objects.create('services', {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      ...{ clusterIP: there.address, selector: { app: 'web' } },
      ports: [
        { name: 'tcp', port: 80, targetPort: 8080 },
        { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' },
      ],
    },
  })
  const before = await everything()

  t.test('who has no rights is told the Roles to apply, and with them all works', async t => {
    const args = ['--capture', 'socks', '--reach', 'portforward', '--context', 'limited', '-n', 'default']
    const refused = await run('user', ...args)
    t.equal(refused.code, 4)
    t.match(refused.stderr, /cannot list services in default: the server answered 403/)
    await apply(grantIn(refused.stderr))

    const portal = startPortal('user', args)
    await portal.synced()
    const client = socksClient({ address: ipAddress('127.0.0.1'), port: port(1080) })
    t.notOk(names.includes(await client.tcp(there)), 'it may not forward')
    const { cure } = await portal.event('what is missing', isOf('forwarding-forbidden'))
    await apply(grantIn(cure))
    t.ok(names.includes(await client.tcp(there)), 'it may')
    t.equal(await portal.stop(), 0)
    // All rights together.
    const again = startPortal('user', args)
    await again.synced()
    t.equal(await again.stop(), 0)
  })

  t.test('routes that somebody else has are named, and not overlapped unless that is asked for', async t => {
    const vpn = ['10.244.0.0/16', 'dev', 'wlan0']
    await succeed(machine, ['ip', 'route', 'add', ...vpn])
    t.teardown(() => succeed(machine, ['ip', 'route', 'del', ...vpn]))
    const refused = await run('sudo', '--reach', 'routes')
    t.equal(refused.code, 5)
    t.match(refused.stderr, /10\.244\.0\.0\/16 dev wlan0/)
    t.match(refused.stderr, /--allow-overlap/)
    const portal = startPortal('root', ['--reach', 'routes', '--allow-overlap'])
    await portal.synced()
    await portal.stop()
  })

  t.test('a Service of UDP is said not to be reached by port-forwards', async t => {
    const portal = startPortal('root', ['--reach', 'portforward'])
    await portal.synced()
    t.match(portal.words().join('\n'), /Service default\/web: UDP cannot go through a port-forward/)
    await portal.stop()
  })

  t.test('a second instance for another context is refused, and told which one runs', async t => {
    const portal = startPortal('root', [])
    await portal.synced()
    const serving = await everything()
    const refused = await run('sudo', '--context', 'limited')
    t.equal(refused.code, 6)
    t.match(refused.stderr, /kind-kind/)
    t.equal(await everything(), serving)
    await portal.stop()
    t.equal(await everything(), before)
  })
})
