import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Host, Output } from '../../lib/host/host.js'

const unused = (): Promise<never> => Promise.reject(new Error('capture writes no file'))

/** This machine, for tests that run inside a namespace of their own. */
export const localHost: Host = {
  run: async (program, args, { input = '' }): Promise<Output> => {
    const child = spawn(program, args)
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', code => resolve(code ?? 255))
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    return { code, stdout, stderr }
  },
  readFile: path =>
    readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }),
  writeFile: unused,
  removeFile: unused,
}
