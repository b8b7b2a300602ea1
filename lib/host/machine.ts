import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { constants as system } from 'node:os'
import { dirname } from 'node:path'
import { errorCode } from '../model/error-text.js'
import type { Host, Output, RunOptions } from './host.js'

const timedOut = (program: string, timeout: number): Error =>
  Object.assign(new Error(`${program} did not end within ${timeout} ms`), { code: 'ETIMEDOUT' })

// With a folder in PATH that may not be searched, which `su` leaves behind, the system says EACCES.
const notFound = (program: string, cause: Error): Error =>
  errorCode(cause) === 'EACCES' && !program.includes('/')
    ? Object.assign(new Error(`${program} is not found, or may not be run`, { cause }), { code: 'ENOENT' })
    : cause

const run = (program: string, args: readonly string[], { timeout, input }: RunOptions): Promise<Output> =>
  new Promise((resolve, reject) => {
    // In a process group of its own: Ctrl-C on a terminal is for us, not for what we have under way.
    const child = spawn(program, args, { stdio: 'pipe', detached: true })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      // A grandchild may hold the pipes open for ever.
      child.stdout.destroy()
      child.stderr.destroy()
      reject(timedOut(program, timeout))
    }, timeout)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A program may end without reading its input: its exit code says whether that was well.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('error', error => {
      clearTimeout(timer)
      reject(notFound(program, error))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({
        code: code ?? 128 + (signal ? system.signals[signal] : 0),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      })
    })
  })

const missingIsUndefined = (error: unknown): undefined => {
  if (errorCode(error) !== 'ENOENT') throw error
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

// In the same folder, as a rename is atomic only within one file system; numbered, for writers at one time.
const temporaryFor = (path: string): string => `${path}.${process.pid}.${(written += 1)}`

/** The machine this process runs on. */
export const machine: Host = {
  run,
  readFile: path => readFile(path, 'utf8').catch(missingIsUndefined),
  writeFile: async (path, text) => {
    await makeFolder(dirname(path))
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
