import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { program } from '../cli/command.js'
import { inNamespace, needing } from '../namespace.js'
import { kubeconfig, startStage } from '../services/stage.js'
import { guardians, noGuardian, until } from './guardians.js'
import { lockHolder } from './lock-holder.js'
import { thisMachine } from './this-machine.js'

/** A terminal that somebody has opened to run kube-portal. */
class Terminal {
  readonly #child: ChildProcess
  #shown = ''

  /** `next` is what is done there afterwards. */
  constructor(args: readonly string[], next: string) {
    const command = [process.execPath, program, 'run', '--kubeconfig', kubeconfig, ...args, next].join(' ')
    const env = { ...process.env, INVOCATION_ID: '', NOTIFY_SOCKET: '', KUBERNETES_SERVICE_HOST: '' }
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'], env })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#shown += text))
  }

  /** All that was to be read on it. */
  get shown(): string {
    return this.#shown
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  async shows(text: string): Promise<void> {
    await until(`${text} on the terminal`, () => this.#shown.includes(text))
  }

  /** Closes its window. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

await inNamespace(import.meta.url, async () => {
  const stage = await startStage('nft')
  await stage.deploy('web')
  stage.expose('web')
  await stage.portal.stop()
  const before = await thisMachine('nft')
  const needsScript = await needing('script', '--version')

  const opened = async (next = ''): Promise<Terminal> => {
    const args = ['--iptables-backend', 'nft', '--hostname-override', stage.cluster.nodeName]
    const terminal = new Terminal(args, next)
    t.teardown(() => terminal.close())
    await terminal.shows('READY')
    t.equal(guardians().length, 1, 'a guardian stands by')
    return terminal
  }

  t.test(
    'kill -9 of a run on a terminal leaves nothing, and the terminal shows what was done',
    needsScript,
    async t => {
      // As a shell does: without anybody who stays, the terminal would be gone with the run.
      const terminal = await opened('; cat')
      const holder = Number(await lockHolder())
      if (!(holder > 0)) throw new Error('nobody runs')
      process.kill(holder, 'SIGKILL')
      await terminal.shows('ended without a stop: removed what it left')
      await noGuardian()
      t.equal(await thisMachine('nft'), before)
    },
  )

  t.test('Ctrl-C stops a run on a terminal in order, and its guardian says nothing', needsScript, async t => {
    const terminal = await opened()
    terminal.type('\x03')
    await terminal.shows('all of ours is removed')
    await noGuardian()
    t.notMatch(terminal.shown, 'without a stop')
    t.equal(await thisMachine('nft'), before)
  })

  t.test('a terminal that is closed leaves nothing', needsScript, async t => {
    const terminal = await opened()
    await terminal.close()
    await noGuardian()
    t.equal(await thisMachine('nft'), before)
  })
})
