import { readdir, readFile } from 'node:fs/promises'

/** The process and all that it started. */
const family = async (pid: number): Promise<readonly number[]> => {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  const children = lists.flatMap(list => list.trim().split(' ')).filter(text => text !== '')
  const families = await Promise.all(children.map(child => family(Number(child))))
  return [pid, ...families.flat()]
}

// Linux gives these times in hundredths of a second, whatever its own clock does.
const ticksPerSecond = 100

const cpuOf = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The second field is a name in brackets, which may hold anything; utime and stime are the 14th and the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

const sum = async (pid: number, of: (pid: number) => Promise<number>): Promise<number> => {
  const parts = await Promise.all((await family(pid)).map(of))
  return parts.reduce((total, part) => total + part, 0)
}

/** Seconds of CPU that a process used so far, in user and in kernel mode, with all its threads and children. */
export const cpuSeconds = (pid: number): Promise<number> => sum(pid, cpuOf)

/** Bytes of memory of a process and its children, what they share with others in proportion (PSS). */
export const memoryBytes = (pid: number): Promise<number> =>
  sum(pid, async each => {
    const text = await readFile(`/proc/${each}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024
  })

/** How many descriptors a process has open. */
export const descriptors = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length
