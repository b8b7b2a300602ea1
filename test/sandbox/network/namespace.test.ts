import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { seconds } from '../../../lib/model/milliseconds.js'
import { machine } from '../../../lib/host/machine.js'
import type { Host } from '../../../lib/host/host.js'
import { namespaceCommand, settle, whyNoNamespace } from '../../../lib/sandbox/network/namespace.js'

const starter = { uid: process.getuid?.() ?? 0 }

/** A machine on which unshare fails as it does where namespaces are forbidden. */
const forbidding = (files: Readonly<Record<string, string>>): Host => ({
  ...machine,
  run: () =>
    Promise.resolve({ code: 1, stdout: '', stderr: 'unshare: unshare failed: Operation not permitted\n' }),
  readFile: path => Promise.resolve(files[path]),
})

const why = 'no namespace of our own here: unshare: unshare failed: Operation not permitted'

t.test('where AppArmor forbids user namespaces, the sysctl is named', async t => {
  const host = forbidding({ '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n' })
  t.match(await whyNoNamespace(host, { uid: 1000 }), {
    code: 'missing',
    message: why,
    cure: 'run it with sudo, or once: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  })
})

t.test('where there may be no user namespaces at all, the sysctl is named', async t => {
  const host = forbidding({
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '0\n',
    '/proc/sys/user/max_user_namespaces': '0\n',
  })
  const failure = await whyNoNamespace(host, { uid: 1000 })
  t.equal(failure?.cure, 'run it with sudo, or once: sudo sysctl -w user.max_user_namespaces=10000')
})

t.test(
  'where the reason cannot be seen, an ordinary user is sent to sudo, and root out of its container',
  async t => {
    t.equal((await whyNoNamespace(forbidding({}), { uid: 1000 }))?.cure, 'run it with sudo')
    const failure = await whyNoNamespace(forbidding({}), { uid: 0 })
    t.equal(failure?.cure, 'run it outside of the container, or in a privileged one')
  },
)

t.test('where a program is missing, its package is named', async t => {
  const failure = await whyNoNamespace(
    { ...machine, run: program => machine.run(`no-such-${program}`, [], { timeout: seconds(1) }) },
    starter,
  )
  t.match(failure, { message: 'there is no program setpriv', cure: 'install the package util-linux' })
})

t.test('outside of a namespace nothing is mounted', async t => {
  await t.rejects(settle(machine), /first process of a namespace/)
})

const possible = { skip: (await whyNoNamespace(machine, starter))?.message ?? false } as const

// Starts a namespace in which two processes hold a pipe of ours open, says 'ready', and waits to be killed.
const starterProgram = `
  const { spawn } = require('node:child_process')
  const [program, ...args] = process.argv.slice(1)
  spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  setInterval(() => undefined, 1000)
`

t.test('when the starter is killed, every process of the namespace is gone', possible, async t => {
  const command = namespaceCommand(['sh', '-c', 'setsid sleep 300 & echo ready; sleep 300'], starter)
  const child = spawn(process.execPath, ['-e', starterProgram, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout)
  t.strictSame(await once(lines, 'line'), ['ready'])
  // The pipe ends when the last process that holds it is gone.
  const gone = once(lines, 'close')
  child.kill('SIGKILL')
  await gone
})

t.test('in the namespace, processes, /run and links are its own', possible, async t => {
  const inside = fileURLToPath(new URL('./inside.js', import.meta.url))
  const [program, ...args] = namespaceCommand([process.execPath, inside], starter)
  const output = await machine.run(program, args, { timeout: seconds(10) })
  t.strictSame(output, { code: 0, stdout: 'pid 1, run: [], links: lo 127.0.0.1\n', stderr: '' })
})
