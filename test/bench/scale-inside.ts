// The first process of the scale bench's namespaces. When it ends, everything in them does.
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode } from '../../lib/cli/exit-code.js'
import { machine } from '../../lib/host/machine.js'
import { settle } from '../../lib/sandbox/network/namespace.js'
import { cpuTimes, memoryBytes } from './measure/process.js'
import { type Change, type Measured, measuredText } from './scale/measured.js'
import { askedAddress, type ManyServices, startManyServices } from './scale/many-services.js'
import { buildNetwork, inPod } from './stage/network.js'
import { nextLine, output, type Program, start, until } from './stage/program.js'
import { startServers } from './stage/servers.js'
import { ports } from './stage/services.js'
import { whyEnded } from './stage/why-ended.js'

const program = join(import.meta.dirname, '../../bin/kube-portal.js')
const connects = join(import.meta.dirname, '../../../test/bench/ends/connects.pl')
const waits = join(import.meta.dirname, 'ends/waits.js')
const changes = 10

const isSynced = (line: string): number[] => {
  const value: unknown = JSON.parse(line)
  const event: unknown = typeof value === 'object' && value !== null && 'event' in value && value.event
  return typeof event === 'object' && event !== null && 'duration' in event && 'opened' in event
    ? [Number(event.duration)]
    : []
}

/** How long each sync took so far, in ms. */
const syncs = async (log: string): Promise<number[]> =>
  // What follows the last end of a line is still being written.
  (await readFile(log, 'utf8')).split('\n').slice(0, -1).flatMap(isSynced)

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Running {
  readonly portal: Program
  readonly log: string
}

/** Makes a change several times, each once the one before is in force. */
const measureChange = async ({ portal, log }: Running, make: () => void): Promise<Change> => {
  const own = async (): Promise<number> => (await cpuTimes(portal.pid)).user * 1000
  const before = await own()
  const seen = (await syncs(log)).length
  for (let change = 1; change <= changes; change++) {
    make()
    await until('a sync', async () => (await syncs(log)).length >= seen + change)
  }
  return { sync: median((await syncs(log)).slice(seen)), cpu: ((await own()) - before) / changes }
}

const longestWait = async (client: Program): Promise<number> => {
  client.child.stdin?.write('\n')
  return Number(await nextLine(client))
}

const measure = async (services: ManyServices, count: number, backend: string): Promise<Measured> => {
  const log = `/run/bench/scale-${count}.log`
  const file = await open(log, 'w')
  const options = [
    '--logging-format',
    'json',
    '-v',
    '3',
    '--iptables-backend',
    backend,
    '--hostname-override',
    'node',
  ]
  const args = ['run', '--kubeconfig', services.kubeconfig, '--drain-timeout', '0', ...options]
  const began = performance.now()
  const more = ['--iptables-min-sync-period', '0s']
  const portal = await start([process.execPath, program, ...args, ...more], { stderr: file.fd })
  await until('the first sync', async () => (await syncs(log)).length > 0)
  const untilServed = (performance.now() - began) / 1000
  const [firstSync = Number.NaN] = await syncs(log)
  const connect = Number(
    await output(inPod('client', ['perl', connects, askedAddress, String(ports.web), '3000']), 60_000),
  )
  const client = await start(inPod('client', [process.execPath, waits, askedAddress, String(ports.web)]))
  await nextLine(client)
  await longestWait(client)
  const running = { portal, log }
  const endpointChange = await measureChange(running, () => services.changeEndpoints())
  const newService = await measureChange(running, () => services.add())
  const waited = await longestWait(client)
  const memory = (await memoryBytes(portal.pid)) / 1e6
  await client.stop()
  await portal.stop()
  await file.close()
  return {
    ...{ services: count, untilServed, firstSync, endpointChange, newService },
    ...{ memory, longestWait: waited, connect },
  }
}

const scale = async (most: number, backend: string): Promise<void> => {
  await settle(machine)
  await buildNetwork()
  await startServers()
  const found: Measured[] = []
  for (const [index, count] of [10, most].entries()) {
    const services = await startManyServices(count, 6443 + index)
    const measured = await measure(services, count, backend)
    process.stdout.write(`${measuredText(measured)}\n`)
    found.push(measured)
    await services.close()
  }
  const [few, many] = found
  if (few && many)
    process.stdout.write(
      `first packet: ${(many.connect / few.connect).toFixed(2)} × that with ${few.services} Services (${backend})\n`,
    )
}

try {
  await scale(Number(process.argv[2]), process.argv[3] ?? 'nft')
  process.exit(exitCode.well)
} catch (error) {
  process.exit(whyEnded('scale', error))
}
