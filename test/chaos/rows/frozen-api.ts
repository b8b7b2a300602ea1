import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import { startFaultStage } from '../../faults/stage.js'
import { inNamespace } from '../../namespace.js'
import { addRules } from '../../services/tables.js'
import { machine } from '../../../lib/host/machine.js'
import { succeed } from '../../../lib/sandbox/network/command.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'
import { secondsText, until } from '../until.js'

interface Fault {
  readonly begin: () => void | Promise<void>
  readonly end: () => void | Promise<void>
}

await inNamespace(import.meta.url, async () => {
  const it = await startFaultStage()
  const { stage, road } = it
  const { node } = stage.clients
  const web = await stage.serve('web')
  const toServer = ['-d', '127.0.0.1/32', '-p', 'tcp', '--dport', String(road.port), '-j', 'DROP']

  const faults: Readonly<Record<string, Fault>> = {
    'API server frozen': {
      begin: () => {
        road.freeze()
      },
      end: () => {
        road.thaw()
      },
    },
    'packets to the API server swallowed': {
      begin: () => addRules('nft', 'IPv4', `*filter\n-I INPUT ${toServer.join(' ')}\nCOMMIT\n`),
      end: () => succeed(machine, ['iptables-nft', '-D', 'INPUT', ...toServer]),
    },
  }

  for (const [fault, { begin, end }] of Object.entries(faults))
    t.test(fault, async t => {
      const portal = await it.restart()
      const there = stage.clusterIp('web')
      const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 20 })
      const from = portal.now()
      await begin()
      const noticed = await until(() => portal.events(from).some(isOf('api-trouble')), 90_000)
      stage.expose('next', { selector: { app: 'web' } })
      const next = stage.clusterIp('next')
      await end()
      const converged = await until(async () => (await node.tcp(next)) === web, 120_000)
      const { answered, failures } = await calling.stop()
      stage.remove('services', 'next')
      saw(t, {
        ...{ fault, promise: 'noticed within 45 s' },
        seen: secondsText(noticed),
        kept: noticed <= 45_000,
      })
      saw(t, {
        ...{ fault, promise: 'the new state within 60 s after' },
        seen: secondsText(converged),
        kept: converged <= 60_000,
      })
      saw(t, {
        ...{ fault, promise: 'no connection fails' },
        seen: `${failures.length} of ${answered + failures.length}`,
        kept: failures.length === 0 && answered > 0,
      })
    })
})
