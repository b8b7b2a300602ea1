import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { nodeAddress } from '../../lib/sandbox/network/addresses.js'
import { run } from '../capture/commands.js'
import { inNamespace } from '../namespace.js'
import { startStage } from '../services/stage.js'
import { asOnDarwin, linuxCalls } from './programs.js'

const program = fileURLToPath(new URL('../../bin/kube-portal.js', import.meta.url))
const ports = [
  { name: 'tcp', port: 80, targetPort: 8080 },
  { name: 'udp', port: 80, targetPort: 8080, protocol: 'UDP' },
]
const dual = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] }

const isLocked = (): boolean => existsSync('/var/run/kube-portal/lock.sock')

/** What lo has, and whether the lock is there. */
const left = (): string => `${run('ip', '-o', 'address', 'show', 'dev', 'lo')}${isLocked()}`

await inNamespace(import.meta.url, async () => {
  const before = left()
  const runner = asOnDarwin()
  const [env, ...rest] = runner
  const kubePortal = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await machine.run(env, [...rest, process.execPath, program, ...words], {
      timeout: seconds(20),
    })
    return `${stdout}${stderr}${code}`
  }
  // By itself it finds what there is on macOS.
  const args = ['--capture', 'auto', '--master', `https://${nodeAddress}:6443`]
  const stage = await startStage('nft', { args, runner })
  const { node } = stage.clients
  const [web = ''] = await stage.deploy('web')
  stage.expose('web', { ...dual, ports })
  await stage.synced()
  const places = (['IPv4', 'IPv6'] as const).map(family => stage.clusterIp('web', 80, family))

  const served = async (t: Test): Promise<void> => {
    for (const there of places) t.strictSame([await node.tcp(there), await node.udp(there)], [web, web])
  }

  t.test('Services are met at addresses of lo0, and what runs can be asked', async t => {
    await served(t)
    t.ok(isLocked())
    t.match(await kubePortal('status'), /web/)
    const { address } = places[0] ?? {}
    t.match(await kubePortal('explain', `${address}:80`), `--capture bind listens at the address itself`)
    t.match(await kubePortal('doctor'), /runs here, as process \d+[^]*macOS has no iptables/)
  })

  t.test('an address that somebody took from lo0 comes back', async t => {
    const from = stage.portal.now()
    run('ip', 'address', 'delete', `${places[0]?.address}/32`, 'dev', 'lo')
    await stage.portal.event('a repair', isOf('addresses-repaired'), from)
    await served(t)
  })

  t.test('a second one is told who runs', async t => {
    t.match(await kubePortal('run', ...args), /kube-portal already runs here \(process \d+[^)]*\)[^]*6$/)
  })

  t.test('what Linux alone has is refused, and what to do instead is said', async t => {
    for (const capture of ['redirect', 'dnat'])
      t.match(await kubePortal('run', '--capture', capture), /iptables[^]*--capture bind[^]*5$/)
    t.match(await kubePortal('run', '--reach', 'routes'), /macOS does not have[^]*portforward[^]*5$/)
    t.match(await kubePortal('run', '--dns', 'resolved'), /macOS does not have[^]*--dns hosts[^]*5$/)
  })

  t.test('its successor has the lock when it is gone, and serves', async t => {
    const from = stage.portal.now()
    if (stage.portal.pid !== undefined) process.kill(stage.portal.pid, 'SIGHUP')
    await stage.portal.event('a handover', isOf('took-over'), from)
    await served(t)
    t.match(await kubePortal('run', ...args), /kube-portal already runs here \(process \d+[^)]*\)[^]*6$/)
  })

  t.test('a stop leaves nothing', async t => {
    t.equal(await stage.portal.stop(), 0)
    t.equal(left(), before)
  })

  t.test('what a killed run left is known, served again, and cleaned up', async t => {
    await stage.restart(args)
    await stage.crash()
    t.not(left(), before)
    t.match(await kubePortal('doctor'), /an earlier run left[^]* on lo0/)
    await stage.restart(args)
    await served(t)
    await stage.crash()
    const listed = /would remove IPv4 address \S+ on lo0[^]*would remove IPv6 address \S+ on lo0/
    t.match(await kubePortal('cleanup', '--dry-run'), listed)
    t.not(left(), before)
    t.match(await kubePortal('cleanup'), /removed IPv4 address \S+ on lo0/)
    t.equal(left(), before)
    t.match(await kubePortal('cleanup'), 'nothing to remove')
  })

  t.test("none of Linux's programs was called", async t => {
    t.equal(readFileSync(linuxCalls, 'utf8'), '')
  })
})
