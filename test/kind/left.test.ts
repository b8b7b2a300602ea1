import t, { type Test } from 'tap'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { everything } from '../everything.js'
import { until } from '../faults-guardian/guardians.js'
import { killLockHolder } from '../faults-guardian/lock-holder.js'
import { deployment, whenReady } from '../services/workloads.js'
import { Terminal } from '../terminal.js'
import { ownProcesses } from '../own-processes.js'
import { runnerOf } from './laptop.js'
import { laptopClient } from './web-client.js'
import { onLaptop, startLaptop, startPortal } from './stage.js'

/** Where web is. */
const there = { address: ipAddress('10.96.31.4'), port: port(80) }

const ways = [
  ['--capture', 'redirect', '--reach', 'routes', '--dns', 'hosts'],
  ['--capture', 'bind', '--reach', 'portforward', '--dns', 'hosts'],
]

await onLaptop(import.meta.url, async () => {
  const { objects } = await startLaptop()
  objects.create('deployments', deployment('web', { replicas: 3 }))
  const names = await whenReady(objects, 'web')
  objects.create('services', {
    metadata: { name: 'web', namespace: 'default' },
    spec: { clusterIP: there.address, selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  })
  const before = await everything()

  const isServed = async (t: Test): Promise<void> => {
    t.ok(names.includes(await laptopClient.tcp(there)))
    t.not(await everything(), before, 'a run changes it')
  }
  const isAsBefore = async (t: Test): Promise<void> => {
    await until('all processes to end', () => ownProcesses().length === 0)
    t.equal(await everything(), before)
  }
  const opened = async (t: Test, args: readonly string[]): Promise<Terminal> => {
    const terminal = new Terminal([...runnerOf('sudo'), 'kube-portal', 'run', ...args, '; cat'].join(' '))
    t.teardown(() => terminal.close())
    await terminal.shows('READY')
    await isServed(t)
    return terminal
  }

  for (const args of ways) {
    t.test(`after Ctrl-C of sudo kube-portal run ${args.join(' ')} all is as before`, async t => {
      const terminal = await opened(t, args)
      terminal.type('\x03')
      await isAsBefore(t)
    })

    t.test('after kill -9 of it on a terminal all is as before', async t => {
      await opened(t, args)
      await killLockHolder()
      await isAsBefore(t)
    })

    t.test('after kill -9 of it elsewhere, a second run and its stop all is as before', async t => {
      const first = startPortal('root', args)
      await first.synced()
      await first.kill()
      const second = startPortal('root', args)
      await second.synced()
      await isServed(t)
      t.equal(await second.stop(), 0)
      await isAsBefore(t)
    })
  }
})
