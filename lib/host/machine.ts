import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../model/error-text.js'
import { editFile } from './edit-file.js'
import type { Host } from './host.js'
import { runProgram } from './run-program.js'
import { sweep, temporaryFor } from './temporary.js'

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

/** The machine this process runs on. */
export const machine: Host = {
  platform: process.platform === 'darwin' ? 'darwin' : 'linux',
  run: runProgram,
  readFile: path => readFile(path, 'utf8').catch(missingIsUndefined),
  writeFile: async (path, text) => {
    await makeFolder(dirname(path))
    await sweep(path)
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
  editFile,
  canWrite,
  moveFile: rename,
  removeFile: path => rm(path, { force: true }),
}
