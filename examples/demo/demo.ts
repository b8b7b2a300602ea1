// npm run demo [-- --shell]: a cluster in namespaces of its own, kube-portal in it, and a story that shows the job.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { machine } from '../../lib/host/machine.js'
import { namespaceCommand, whyNoNamespace } from '../../lib/sandbox/network/namespace.js'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** How long what is inside may take to end in order, once it is asked to. */
const grace = 5000

const args = process.argv.slice(2)
const unknown = args.find(arg => arg !== '--shell')
if (unknown !== undefined) {
  say(`demo: unknown argument ${unknown}; there is only --shell`)
  process.exit(2)
}

const starter = { uid: process.getuid?.() ?? 0 }
const why = await whyNoNamespace(machine, starter)
if (why) {
  say(`demo: ${why.message}\n  what to do: ${why.cure}`)
  process.exit(5)
}

const inside = fileURLToPath(new URL('./inside.js', import.meta.url))
const [program, ...rest] = namespaceCommand([process.execPath, inside, ...args], starter)
const namespace = spawn(program, rest, { stdio: 'inherit' })

// Whatever ends the first process of the namespace ends all that is in it, and the namespace.
const end = (): void => void setTimeout(() => namespace.kill('SIGKILL'), grace).unref()
// Ctrl-C reaches those inside by itself: they stop in order, and say so.
process.on('SIGINT', end)
process.on('SIGTERM', () => namespace.kill('SIGKILL'))
process.on('SIGHUP', () => namespace.kill('SIGKILL'))
// Whoever started us may be killed without a word (kill -9): then nobody is left to end this.
const parent = process.ppid
setInterval(() => process.ppid !== parent && namespace.kill('SIGKILL'), 250).unref()

namespace.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)))
