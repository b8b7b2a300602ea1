import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { spawn } from 'node:child_process'

/** How often a process asked the kernel for something. */
export interface SystemCalls {
  readonly name: string
  readonly count: number
}

const row = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/

const read = (table: string): readonly SystemCalls[] =>
  table
    .split('\n')
    .map(line => row.exec(line))
    .flatMap(found =>
      found && found[2] !== 'total' ? [{ name: found[2] ?? '', count: Number(found[1]) }] : [],
    )
    .sort((a, b) => b.count - a.count)

/** Counts the system calls of a process during `work`. Undefined when there is no strace here. */
export const countSystemCalls = async (
  pid: number,
  work: () => Promise<void>,
): Promise<readonly SystemCalls[] | undefined> => {
  const strace = spawn('strace', ['-c', '-f', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(strace, 'close')
  try {
    await once(strace, 'spawn')
  } catch {
    await ended.catch(() => undefined)
    return undefined
  }
  const said = text(strace.stderr)
  await work()
  strace.kill('SIGINT')
  await ended
  return read(await said)
}
