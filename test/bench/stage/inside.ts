import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { machine } from '../../../lib/host/machine.js'
import { exitCode } from '../../../lib/cli/exit-code.js'
import { namespaceCommand, whyNoNamespace } from '../../../lib/sandbox/network/namespace.js'

/**
 * Runs the program `file` as the first process of namespaces of its own, with `args`, and resolves with the code it
 * ended with. All that ever ran in them ends with it, and it ends with us, whatever ends us.
 */
export const runInside = async (file: URL, args: readonly string[]): Promise<number> => {
  const starter = { uid: process.getuid?.() ?? 0 }
  const why = await whyNoNamespace(machine, starter)
  if (why) {
    process.stderr.write(`${why.message}\n  what to do: ${why.cure}\n`)
    return exitCode[why.code]
  }
  const [program, ...rest] = namespaceCommand([process.execPath, fileURLToPath(file), ...args], starter)
  const child = spawn(program, rest, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
