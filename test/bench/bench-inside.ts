// The first process of the bench's namespaces. When it ends, everything in them does.
import { writeFile } from 'node:fs/promises'
import { machine } from '../../lib/host/machine.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import { idleBytes } from './loads/idle.js'
import { loadsWith } from './loads/loads.js'
import { describeMachine } from './machine.js'
import { benchOptions } from './options.js'
import { startHaproxy } from './peers/haproxy.js'
import { startKubePortal } from './peers/kube-portal.js'
import { startNginx } from './peers/nginx.js'
import { startPipe, startRelay } from './peers/node.js'
import type { Peer, Place } from './peers/peer.js'
import type { IdleSample, Result } from './result.js'
import { runRounds } from './rounds.js'
import { buildNetwork, serverAddress } from './stage/network.js'
import { startIperf, startServers } from './stage/servers.js'
import { startServices } from './stage/services.js'
import { installedTools, type ToolName } from './stage/tools.js'
import { whyEnded } from './stage/why-ended.js'
import { resultText } from './table.js'

/** No round begins later than this, in milliseconds: with what is under way then, the end is within five minutes. */
const latest = 240_000

const place = (number: number): Place => ({
  address: ipAddress(`10.96.0.${number}`),
  localPorts: { web: number * 100, bulk: number * 100 + 1, echo: number * 100 + 2 },
})

const startPeers = async (tools: ReadonlySet<ToolName>): Promise<readonly Peer[]> => [
  await startKubePortal(await startServices([serverAddress])),
  ...(tools.has('haproxy') ? [await startHaproxy(place(11))] : []),
  ...(tools.has('nginx') ? [await startNginx(place(12))] : []),
  await startPipe(place(13)),
  await startRelay(place(14)),
]

const idleSamples = async (peers: readonly Peer[], count: number): Promise<readonly IdleSample[]> => {
  const samples: IdleSample[] = []
  for (const peer of peers.filter(({ carries }) => carries.includes('web')))
    samples.push({ peer: peer.name, bytes: await idleBytes(peer, count) })
  return samples
}

const bench = async (args: readonly string[]): Promise<void> => {
  const { out, rounds, seconds, idleConnections, load: only } = benchOptions(args)
  const notes: string[] = []
  const note = (text: string): void => {
    notes.push(text)
    process.stderr.write(`bench: ${text}\n`)
  }
  const deadline = performance.now() + latest
  await settle(machine)
  const tools = await installedTools(note)
  await buildNetwork()
  await startServers()
  if (tools.has('iperf3')) await startIperf()
  const peers = await startPeers(tools)
  if (!peers.some(({ name, carries }) => name === 'kube-portal' && carries.includes('echo')))
    note('kube-portal does not carry UDP yet')
  const loads = loadsWith(tools, only)
  const idle = only === undefined ? await idleSamples(peers, idleConnections) : []
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
  process.exit(whyEnded('bench', error))
}
