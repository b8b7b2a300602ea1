import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../model/error-text.js'

let written = 0
const swept = new Set<string>()

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/**
 * Removes, once, what others left that ended while they wrote to `path`: `state.json.4711.3`. In a container we may have their
 * number.
 */
export const sweep = async (path: string): Promise<void> => {
  if (swept.has(path)) return
  swept.add(path)
  const beginning = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const [, pid, number] = /^(\d+)\.(\d+)$/.exec(name.slice(beginning.length)) ?? []
    if (!name.startsWith(beginning) || pid === undefined) continue
    const live = Number(pid) === process.pid ? Number(number) <= written : isRunning(Number(pid))
    if (!live) await rm(join(dirname(path), name), { force: true })
  }
}

/** In the same folder, as a rename is atomic only within one file system; numbered, for writers at one time. */
export const temporaryFor = (path: string): string => `${path}.${process.pid}.${(written += 1)}`
