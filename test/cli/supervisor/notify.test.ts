import { chown, mkdir } from 'node:fs/promises'
import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import { machine } from '../../../lib/host/machine.js'
import { exchange } from '../stage.js'
import { inNamespace, needing } from '../../namespace.js'
import { allHear, heardAt } from '../../services/heard.js'
import { kubeconfig, startStage } from '../../services/stage.js'
import { reload } from '../../takeover/reload.js'
import { asService, serviceUser } from './as-service.js'
import { StandIn } from './stand-in.js'

const drainTimeout = 100

await inNamespace(import.meta.url, async () => {
  const { skip } = await needing('systemd-notify', '--version')
  if (skip !== false) {
    t.pass('systemd', { skip })
    return
  }
  const supervisor = await StandIn.start('/run/notify')
  await mkdir('/run/kube-portal')
  await chown('/run/kube-portal', serviceUser, serviceUser)
  const stage = await startStage('nft', {
    args: ['--drain-timeout', `${drainTimeout}s`],
    runner: [...asService, `NOTIFY_SOCKET=${supervisor.path}`, 'WATCHDOG_USEC=500000'],
  })
  t.teardown(() => supervisor.close())

  t.test('it is ready when all is in force and a portal was tried, and not before', async t => {
    t.match(await supervisor.notice(/^READY=1/), /^READY=1\nSTATUS=serving \d+ service ports?$/)
    t.ok(stage.portal.events().some(isOf('self-test')))
    const [first = ''] = supervisor.notices()
    t.equal(first, 'WATCHDOG=1\nEXTEND_TIMEOUT_USEC=750000\nSTATUS=waiting for the API server')
  })

  t.test('as an ordinary user with three capabilities it serves everybody', async t => {
    const status = (await machine.readFile(`/proc/${stage.portal.pid}/status`)) ?? ''
    t.match(status, `Uid:\t${serviceUser}\t${serviceUser}`)
    t.match(status, 'CapEff:\t0000000000003400')
    const web = await stage.serve('web')
    t.strictSame(await heardAt(stage.clients, stage.clusterIp('web')), allHear(web))
    t.notOk(stage.portal.events().some(isOf('state-not-saved')))
    t.notMatch(stage.portal.words().join('\n'), 'cannot remove')
  })

  t.test('it lives, and says so', async t => {
    await supervisor.notice(/^WATCHDOG=1/, supervisor.now())
    t.match(
      await supervisor.notice(/^WATCHDOG=1$/, supervisor.now()),
      /./,
      'a status that is known is not repeated',
    )
  })

  t.test('a reload that fails is over, and the old process goes on living', async t => {
    const from = supervisor.now()
    await machine.writeFile(kubeconfig, 'nonsense')
    process.kill(stage.portal.pid ?? 0, 'SIGHUP')
    t.match(
      await supervisor.notice(/^RELOADING=1/, from),
      /^RELOADING=1\nMONOTONIC_USEC=\d+\nSTATUS=reloading: process \d+ is to take over; serving until it does$/,
    )
    t.match(await supervisor.notice(/^READY=1/, from), /\nSTATUS=reloading failed, going on as before: /)
    await machine.writeFile(kubeconfig, stage.cluster.kubeconfig)
    await supervisor.notice(/^WATCHDOG=1/, supervisor.now())
  })

  t.test('after a reload the new process speaks, and the old one no more', async t => {
    const from = supervisor.now()
    await reload(stage)
    t.match(await supervisor.notice(/^READY=1/, from), /^READY=1\nSTATUS=serving \d+ service ports$/)
    const after = supervisor.now()
    stage.expose('more', { selector: { app: 'web' } })
    await stage.synced()
    await supervisor.notice(/^WATCHDOG=1/, after)
    await supervisor.notice(/STATUS=serving/, after)
    t.notOk(
      supervisor.notices(after).some(each => each.includes('EXTEND')),
      'nobody waits for it to be ready',
    )
  })

  t.test('a stop is announced, with the time that connections may take', async t => {
    const open = await stage.clients.node.connect(stage.clusterIp('web'))
    const from = supervisor.now()
    const stopped = stage.portal.stop()
    t.equal(
      await supervisor.notice(/^STOPPING=1/, from),
      `STOPPING=1\nEXTEND_TIMEOUT_USEC=${drainTimeout + 5}000000\n` +
        `STATUS=stopping: 1 connection open, waiting up to 100 s; a second signal waits no longer`,
    )
    await supervisor.notice(/^WATCHDOG=1/, supervisor.now())
    await exchange(open, 'hostname')
    t.equal(await stopped, 0)
  })
})
