// The first process of the profile's namespaces. When it ends, everything in them does.
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { machine } from '../../lib/host/machine.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import type { Load } from './loads/load.js'
import { loadOf } from './loads/loads.js'
import { cpuTimes } from './measure/process.js'
import { startKubePortal } from './peers/kube-portal.js'
import type { Peer } from './peers/peer.js'
import { selfTimes } from './profile/self-times.js'
import { countSystemCalls } from './profile/system-calls.js'
import { buildNetwork, serverAddress } from './stage/network.js'
import { ask } from './stage/program.js'
import { startIperf, startServers } from './stage/servers.js'
import { startServices } from './stage/services.js'
import { whyEnded } from './stage/why-ended.js'

const seconds = 4

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const isProfile = (value: unknown): value is Profiler.Profile =>
  typeof value === 'object' && value !== null && 'nodes' in value && 'samples' in value

const row = (amount: number, what: string): string => `${amount.toFixed(2).padStart(10)}  ${what}`

const sayCpu = async (load: Load, peer: Peer): Promise<void> => {
  const before = await cpuTimes(peer.program.pid)
  const { units } = await load.run(peer, seconds)
  const after = await cpuTimes(peer.program.pid)
  say(`µs of CPU per ${load.unit.of}, without a profiler`)
  say(row(((after.user - before.user) / units) * 1e6, 'in user mode'))
  say(row(((after.kernel - before.kernel) / units) * 1e6, 'in the kernel'))
}

const sayProfile = async (load: Load, peer: Peer): Promise<void> => {
  await ask(peer.program, 'start')
  const { units } = await load.run(peer, seconds)
  const profile = await ask(peer.program, 'stop')
  if (!isProfile(profile)) throw new Error('the profiler answered something else')
  say(`\nµs per ${load.unit.of}, callees not included`)
  for (const { where, seconds } of selfTimes(profile).slice(0, 40)) say(row((seconds / units) * 1e6, where))
}

const saySystemCalls = async (load: Load, peer: Peer): Promise<void> => {
  let units = 0
  const calls = await countSystemCalls(peer.program.pid, async () => {
    units = (await load.run(peer, 2)).units
  })
  say(`\nsystem calls per ${load.unit.of}`)
  if (!calls) say('strace is missing (apt-get install strace)')
  for (const { name, count } of calls?.slice(0, 15) ?? []) say(row(count / units, name))
}

const profile = async (load: Load): Promise<void> => {
  await settle(machine)
  await buildNetwork()
  await startServers()
  if (load.needs === 'iperf3') await startIperf()
  const profiler = pathToFileURL(join(import.meta.dirname, 'profile/profiler.js')).href
  const peer = await startKubePortal(await startServices([serverAddress]), {
    nodeArgs: ['--import', profiler],
  })
  if (!peer.carries.includes(load.kind)) throw new Error(`kube-portal does not carry ${load.kind}`)
  await load.run(peer, 2)
  await sayCpu(load, peer)
  await sayProfile(load, peer)
  await saySystemCalls(load, peer)
}

try {
  const load = loadOf(process.argv[2] ?? '')
  if (load) await profile(load)
  process.exit(0)
} catch (error) {
  process.exit(whyEnded('profile', error))
}
