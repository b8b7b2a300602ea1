// The first process of the bench's namespaces. When it ends, everything in them does.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode } from '../../lib/cli/exit-code.js'
import { machine } from '../../lib/host/machine.js'
import { errorText } from '../../lib/model/error-text.js'
import { Failure } from '../../lib/model/failure.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { succeed } from '../../lib/sandbox/network/command.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import { idleBytes } from './loads/idle.js'
import { bulk } from './loads/iperf.js'
import type { Load } from './loads/load.js'
import { roundTrips } from './loads/round-trips.js'
import { connections, requests } from './loads/wrk.js'
import { describeMachine } from './machine.js'
import { benchOptions } from './options.js'
import { startHaproxy } from './peers/haproxy.js'
import { startKubePortal } from './peers/kube-portal.js'
import { startNginx } from './peers/nginx.js'
import { startPipe, startRelay } from './peers/node.js'
import type { Peer, Place } from './peers/peer.js'
import type { IdleSample, Result } from './result.js'
import { runRounds } from './rounds.js'
import { buildNetwork, inPod, serverAddress } from './stage/network.js'
import { start, startReady } from './stage/program.js'
import { ports, startServices } from './stage/services.js'
import { installedTools } from './stage/tools.js'
import { resultText } from './table.js'

/** No round begins later than this, in milliseconds: with what is under way then, the end is within five minutes. */
const latest = 240_000

const place = (number: number): Place => ({
  address: ipAddress(`10.96.0.${number}`),
  localPorts: { web: number * 100, bulk: number * 100 + 1, echo: number * 100 + 2 },
})

const startServers = async (tools: ReadonlySet<string>): Promise<void> => {
  const file = join(import.meta.dirname, 'ends/server.js')
  await startReady(inPod('server', [process.execPath, file, String(ports.web), String(ports.echo)]))
  if (!tools.has('iperf3')) return
  const iperf = await start(inPod('server', ['iperf3', '-s', '-p', String(ports.bulk)]))
  iperf.child.stdout?.resume()
}

const startPeers = async (tools: ReadonlySet<string>): Promise<readonly Peer[]> => [
  await startKubePortal(await startServices([serverAddress])),
  ...(tools.has('haproxy') ? [await startHaproxy(place(11))] : []),
  ...(tools.has('nginx') ? [await startNginx(place(12))] : []),
  await startPipe(place(13)),
  await startRelay(place(14)),
]

const loadsFor = (tools: ReadonlySet<string>): readonly Load[] => [
  ...(tools.has('wrk') ? [requests, connections] : []),
  ...(tools.has('iperf3') ? [bulk(1), bulk(8)] : []),
  roundTrips,
]

const idleSamples = async (peers: readonly Peer[], count: number): Promise<readonly IdleSample[]> => {
  const samples: IdleSample[] = []
  for (const peer of peers.filter(({ carries }) => carries.includes('web')))
    samples.push({ peer: peer.name, bytes: await idleBytes(peer, count) })
  return samples
}

const bench = async (args: readonly string[]): Promise<void> => {
  const { out, rounds, seconds, idleConnections } = benchOptions(args)
  const notes: string[] = []
  const note = (text: string): void => {
    notes.push(text)
    process.stderr.write(`bench: ${text}\n`)
  }
  const deadline = performance.now() + latest
  await settle(machine)
  // Nothing works without it, and it names its package when it is missing.
  await succeed(machine, ['iptables', '-t', 'nat', '-S'])
  const tools = await installedTools(note)
  await buildNetwork()
  await startServers(tools)
  const peers = await startPeers(tools)
  if (!peers.some(({ name, carries }) => name === 'kube-portal' && carries.includes('echo')))
    note('kube-portal does not carry UDP yet')
  const loads = loadsFor(tools)
  const idle = await idleSamples(peers, idleConnections)
  const samples = await runRounds({ peers, loads, rounds, seconds, deadline, note })
  const result: Result = {
    ...{ machine: describeMachine(), seconds, rounds, samples, idle, idleConnections, notes },
    loads: loads.map(({ name, unit }) => ({ name, unit: `${unit.cpu} per ${unit.of}` })),
  }
  await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`)
  process.stdout.write(`${resultText(result)}\nall figures: ${out}\n`)
}

try {
  await bench(process.argv.slice(2))
  process.exit(0)
} catch (error) {
  const failure = error instanceof Failure ? error : undefined
  process.stderr.write(`bench: ${errorText(error)}\n${failure ? `  what to do: ${failure.cure}\n` : ''}`)
  process.exit(exitCode[failure?.code ?? 'failed'])
}
