import { readdir, readFile } from 'node:fs/promises'
import { errorCode } from '../../../lib/model/error-text.js'

/** What `read` tells of the process and of all that it started; a child that has ended meanwhile is left out. */
const ofFamily = async <Value>(
  pid: number,
  read: (pid: number) => Promise<Value>,
): Promise<readonly Value[]> => {
  const own = await read(pid)
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  const children = lists.flatMap(list => list.trim().split(' ')).filter(text => text !== '')
  const families = await Promise.all(
    children.map(child => ofFamily(Number(child), read).catch(goneIsNothing)),
  )
  return [own, ...families.flat()]
}

const goneIsNothing = (error: unknown): readonly [] => {
  if (!['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) throw error
  return []
}

// Linux gives these times in hundredths of a second, whatever its own clock does.
const ticksPerSecond = 100

/** Seconds of CPU. */
export interface CpuTimes {
  readonly user: number
  readonly kernel: number
}

const cpuOf = async (pid: number): Promise<CpuTimes> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The second field is a name in brackets, which may hold anything; utime and stime are the 14th and the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { user: Number(fields[11]) / ticksPerSecond, kernel: Number(fields[12]) / ticksPerSecond }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, part) => total + part, 0)

/** What a process used so far, with all its threads and children. */
export const cpuTimes = async (pid: number): Promise<CpuTimes> => {
  const times = await ofFamily(pid, cpuOf)
  return { user: sum(times.map(({ user }) => user)), kernel: sum(times.map(({ kernel }) => kernel)) }
}

/** The same, in one number. */
export const cpuSeconds = async (pid: number): Promise<number> => {
  const { user, kernel } = await cpuTimes(pid)
  return user + kernel
}

/** Bytes of memory of a process and its children, what they share with others in proportion (PSS). */
export const memoryBytes = async (pid: number): Promise<number> => {
  const texts = await ofFamily(pid, each => readFile(`/proc/${each}/smaps_rollup`, 'utf8'))
  return sum(texts.map(text => Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024))
}

/** How many descriptors a process has open. */
export const descriptors = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length
