import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../model/error-text.js'
import type { Host } from './host.js'
import { runProgram } from './run-program.js'

const missingIsUndefined = (error: unknown): undefined => {
  // The second: a folder of its path is a file.
  if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error
  return undefined
}

const canWrite = async (folder: string): Promise<boolean> => {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    return errorCode(error) === 'ENOENT' && canWrite(dirname(folder))
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Makes the folder, and those above it. Node's own way to do so never ends below /proc (tried with 20.20). */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    const above = dirname(folder)
    if (errorCode(error) !== 'ENOENT' || (await exists(above))) throw error
    await makeFolder(above)
    await makeFolder(folder)
  }
}

let written = 0
const swept = new Set<string>()

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/** Removes what others left that ended while they wrote to `path`: `state.json.4711.3`. In a container we may have their number. */
const sweep = async (path: string): Promise<void> => {
  swept.add(path)
  const beginning = `${basename(path)}.`
  for (const name of await readdir(dirname(path))) {
    const [, pid, number] = /^(\d+)\.(\d+)$/.exec(name.slice(beginning.length)) ?? []
    if (!name.startsWith(beginning) || pid === undefined) continue
    const live = Number(pid) === process.pid ? Number(number) <= written : isRunning(Number(pid))
    if (!live) await rm(join(dirname(path), name), { force: true })
  }
}

// In the same folder, as a rename is atomic only within one file system; numbered, for writers at one time.
const temporaryFor = (path: string): string => `${path}.${process.pid}.${(written += 1)}`

/** The machine this process runs on. */
export const machine: Host = {
  platform: process.platform === 'darwin' ? 'darwin' : 'linux',
  run: runProgram,
  readFile: path => readFile(path, 'utf8').catch(missingIsUndefined),
  writeFile: async (path, text) => {
    await makeFolder(dirname(path))
    if (!swept.has(path)) await sweep(path)
    const temporary = temporaryFor(path)
    try {
      await writeFile(temporary, text)
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  },
  writeFileNow: (path, text) => {
    const temporary = temporaryFor(path)
    try {
      if (!existsSync(dirname(path))) mkdirSync(dirname(path))
      writeFileSync(temporary, text)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  },
  canWrite,
  moveFile: rename,
  removeFile: path => rm(path, { force: true }),
}
