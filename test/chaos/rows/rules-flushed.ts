import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import { run, without } from '../../capture/commands.js'
import { exchange } from '../../cli/stage.js'
import { onEachBackend } from '../../services/each-backend.js'
import { startStage } from '../../services/stage.js'
import { callers } from '../callers.js'
import { saw } from '../saw.js'

const rounds = 2

await onEachBackend(import.meta.url, async backend => {
  const stage = await startStage(backend)
  const { portal } = stage
  const { node } = stage.clients
  const web = await stage.serve('web')
  const there = stage.clusterIp('web')
  const iptables = (...args: readonly string[]): string => run(`iptables-${backend}`, ...args)
  const damages: Readonly<Record<string, () => void>> = {
    'nat flushed': () => iptables('-t', 'nat', '-F'),
    'all flushed and deleted': () => {
      for (const table of ['nat', 'filter']) for (const verb of ['-F', '-X']) iptables('-t', table, verb)
    },
    'a rule of ours changed': () =>
      iptables('-t', 'nat', '-R', 'KUBE-PORTALS-HOST', '1', '-p', 'tcp', '--dport', '9', '-j', 'RETURN'),
    'our jumps deleted': () => {
      for (const owner of ['OUTPUT', 'PREROUTING']) iptables('-t', 'nat', '-F', owner)
    },
    'nat replaced': () =>
      run('sh', '-c', `printf '*nat\\n:OUTPUT ACCEPT [0:0]\\nCOMMIT\\n' | iptables-${backend}-restore`),
    'another jump before ours': () =>
      iptables('-t', 'nat', '-I', 'OUTPUT', '-p', 'tcp', '--dport', '80', '-j', 'ACCEPT'),
    ...(backend === 'nft' &&
      without('nft', '--version') === false && { 'nft flush ruleset': () => run('nft', 'flush', 'ruleset') }),
  }
  for (const [what, damage] of Object.entries(damages))
    t.test(`${what} (${backend})`, async t => {
      const open = await Promise.all(Array.from({ length: 20 }, () => node.connect(there)))
      const calling = callers({ client: node, to: there, isServed: answer => answer === web, rate: 50 })
      let longest = 0
      for (let round = 0; round < rounds; round++) {
        const from = portal.now()
        const began = performance.now()
        damage()
        await portal.event('a repair', isOf('rules-repaired'), from)
        longest = Math.max(longest, performance.now() - began)
        await portal.synced(from)
      }
      const again = await node.tcp(there)
      const { answered, failures } = await calling.stop()
      const lived = await Promise.all(
        open.map(async socket => String(await exchange(socket, 'hostname')).trim()),
      )
      const broken = lived.filter(answer => answer !== web).length
      saw(t, {
        fault: `${what} by others, ${rounds} times (${backend})`,
        promise: 'back within 10 s, live connections survive',
        seen: `back after ${(longest / 1000).toFixed(1)} s at most; ${failures.length} of ${answered + failures.length} new connections failed meanwhile; ${broken} of ${open.length} open ones broke`,
        kept: longest < 10_000 && broken === 0 && again === web,
      })
    })
})
