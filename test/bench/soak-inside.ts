// The first process of the soak's namespaces. When it ends, everything in them does.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { exitCode } from '../../lib/cli/exit-code.js'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import { startKubePortal } from './peers/kube-portal.js'
import type { Peer } from './peers/peer.js'
import { type Holding, holding } from './soak/held.js'
import { promises, promisesText } from './soak/promises.js'
import { readTally, type Tally } from './soak/tally.js'
import { buildNetwork, inPod, otherServerAddress, serverAddress } from './stage/network.js'
import { nextLine, type Program, startReady } from './stage/program.js'
import { startEcho, startServers } from './stage/servers.js'
import { ports, type Services, startServices } from './stage/services.js'
import { whyEnded } from './stage/why-ended.js'

/** Short, so that flows end while it runs, and all of them soon after. */
const udpTimeout = 5000

const client = join(import.meta.dirname, 'ends/soak-client.js')

/** One after the other, for ever: one server, both, one and a pod that does not exist, the other. */
const changes = [
  [serverAddress],
  [serverAddress, otherServerAddress],
  [serverAddress, ipAddress('10.244.0.9')],
  [otherServerAddress],
] as const

/** Until it is told to stop; then there is one server, as at the beginning. */
const changing = (services: Services): (() => void) => {
  let change = 0
  const timer = setInterval(() => services.setEndpoints(changes[change++ % changes.length] ?? []), 1500)
  return () => {
    clearInterval(timer)
    // Of a pod that does not exist, and stays, Linux tells TCP only: a flow to it is a flow to somebody silent.
    services.setEndpoints([serverAddress])
  }
}

interface Loaded {
  /** At its end. */
  readonly busy: Holding
  readonly tally: Tally
}

const load = async (
  services: Services,
  { address, program }: Peer,
  milliseconds: number,
): Promise<Loaded> => {
  const command = [
    process.execPath,
    client,
    address,
    ...[ports.web, ports.bulk, ports.echo, udpTimeout].map(String),
  ]
  const clients = await startReady(inPod('client', command))
  const stopChanging = changing(services)
  await pause(milliseconds)
  stopChanging()
  const busy = await holding(program)
  const said = nextLine(clients)
  clients.child.kill('SIGTERM')
  return { busy, tally: readTally(await said) }
}

/** What it holds when flows are over and it has come to rest: when that is the same twice, after a minute at the latest. */
const atRest = async (program: Program): Promise<Holding> => {
  await pause(udpTimeout + 2000)
  let before = await holding(program)
  for (let second = 0; second < 20; second++) {
    await pause(3000)
    const now = await holding(program)
    if (
      now.tcpSockets === before.tcpSockets &&
      now.udpSockets === before.udpSockets &&
      now.timers === before.timers
    )
      return now
    before = now
  }
  return before
}

const soak = async (minutes: number): Promise<boolean> => {
  await settle(machine)
  await buildNetwork()
  await startServers()
  await startEcho()
  const services = await startServices([serverAddress])
  const probe = pathToFileURL(join(import.meta.dirname, 'soak/probe.js')).href
  const peer = await startKubePortal(services, {
    nodeArgs: ['--expose-gc', '--import', probe],
    options: ['--udp-timeout', `${udpTimeout}ms`],
  })
  const milliseconds = minutes * 60_000
  // A process grows to its size before it stays there.
  await load(services, peer, Math.min(milliseconds, 30_000))
  const before = await atRest(peer.program)
  const { busy, tally } = await load(services, peer, milliseconds)
  const all = promises({ before, busy, after: await atRest(peer.program), tally })
  process.stdout.write(`${[promisesText(all), ...tally.reasons].join('\n')}\n`)
  return all.every(({ kept }) => kept)
}

try {
  process.exit((await soak(Number(process.argv[2]))) ? exitCode.well : exitCode.failed)
} catch (error) {
  process.exit(whyEnded('soak', error))
}
