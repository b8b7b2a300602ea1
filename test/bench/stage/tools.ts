import { machine } from '../../../lib/host/machine.js'
import { seconds } from '../../../lib/model/milliseconds.js'

export type ToolName = 'haproxy' | 'nginx' | 'wrk' | 'iperf3'

/** A program that somebody else wrote, and what a bench without it lacks. */
interface Tool {
  readonly name: ToolName
  readonly package: string
  readonly look: readonly string[]
  readonly loss: string
}

const tools: readonly Tool[] = [
  { name: 'haproxy', package: 'haproxy', look: ['-v'], loss: 'there is nothing to compare with' },
  { name: 'nginx', package: 'nginx libnginx-mod-stream', look: ['-v'], loss: 'nginx stream is left out' },
  { name: 'wrk', package: 'wrk', look: ['-v'], loss: 'requests and new connections are left out' },
  { name: 'iperf3', package: 'iperf3', look: ['-v'], loss: 'bulk is left out' },
]

const isThere = async ({ name, look }: Tool): Promise<boolean> => {
  try {
    await machine.run(name, look, { timeout: seconds(5) })
    return true
  } catch {
    return false
  }
}

/** The programs that are installed here. `say` is told of each of the others, with its package and what is lost. */
export const installedTools = async (say: (text: string) => void): Promise<ReadonlySet<ToolName>> => {
  const there = new Set<ToolName>()
  for (const tool of tools)
    if (await isThere(tool)) there.add(tool.name)
    else say(`${tool.name} is missing (apt-get install ${tool.package}): ${tool.loss}`)
  return there
}
