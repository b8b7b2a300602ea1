// node dist/test/kind/play.js [COMMAND …]: a laptop with a kind cluster, in namespaces, and a shell of its user in it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { machine } from '../../lib/host/machine.js'
import { namespaceCommand, settle } from '../../lib/sandbox/network/namespace.js'
import { startKind } from './kind.js'
import { runnerOf } from './laptop.js'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const run = async ([program = '', ...args]: readonly string[]): Promise<number> => {
  const child = spawn(program, args, { stdio: 'inherit' })
  process.on('SIGINT', () => undefined)
  await once(child, 'exit')
  return child.exitCode ?? 1
}

const play = async (command: readonly string[]): Promise<number> => {
  await settle(machine)
  await startKind({
    dns: true,
    accounts: { limited: { namespace: 'default', name: 'limited' } },
    onTrouble: error => say(`a controller failed: ${String(error)}`),
  })
  say(
    'you are dev on a laptop with a kind cluster; curl, kubectl, kube-portal and sudo are there; leave with exit',
  )
  return run([...runnerOf('user'), ...(command.length > 0 ? command : ['/bin/bash', '--norc'])])
}

const args = process.argv.slice(2)
const file = fileURLToPath(import.meta.url)
process.exit(
  process.pid === 1
    ? await play(args)
    : await run(namespaceCommand([process.execPath, file, ...args], { uid: process.getuid?.() ?? 0 })),
)
