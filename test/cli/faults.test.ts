import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { ask, connectFromNode } from '../../examples/demo/request.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace, needing } from '../namespace.js'
import { kubePortal, program } from './command.js'
import { deploy, exchange, kubeconfig, rules, running, sandbox } from './stage.js'

/** A run on the sandbox that is expected to end by itself. */
const attempt = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ReturnType<typeof kubePortal> =>
  kubePortal(['run', '--kubeconfig', kubeconfig, ...args], env)

/** The rules that texts for iptables-restore add, in whatever order and however often. */
const rulesIn = (text: string): readonly string[] =>
  [...new Set(text.split('\n').filter(line => /^-[AI] /.test(line)))].sort()

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 2)
  const untouched = await rules()

  t.test(
    'a second instance refuses, says which process runs for which cluster, and touches nothing',
    async t => {
      const portal = await running()
      const before = await rules()
      const { code, stdout, stderr } = await attempt()
      t.strictSame([code, stdout], [6, ''])
      t.equal(
        stderr,
        `kube-portal: kube-portal already runs here (process ${portal.pid ?? 0}, context sandbox)\n  what to do: stop it first: kill ${portal.pid ?? 0}, or run this one beside it with --capture socks or none, which change nothing here; nothing was touched\n`,
      )
      const cleanup = await kubePortal(['cleanup'])
      t.equal(cleanup.code, 6, 'cleanup does not pull the rules from under it either')
      t.equal(await rules(), before)
      await portal.stop()
    },
  )

  t.test('an API server that is to be reached through one of our own portals is refused', async t => {
    const portal = await running()
    const { code, stderr } = await attempt(['--dry-run', '--master', 'https://10.96.0.1'])
    t.equal(code, 5)
    t.match(
      stderr,
      /kube-portal: the API server's address 10\.96\.0\.1 is a portal of default\/kubernetes:https, which only we would serve\n {2}what to do: give the real address/,
    )
    await portal.stop()
  })

  t.test('a dry run prints the rules that a run then installs, and changes nothing', async t => {
    const dry = await attempt(['--dry-run', '--state-dir', '/run/fresh'])
    t.equal(dry.code, 0)
    t.equal(await rules(), untouched)
    t.match(dry.stdout, /^# tentative: local port 14000 of default\/kubernetes:https\/TCP$/m)
    const portal = await running(['--state-dir', '/run/fresh', '-v', '4'])
    const written = portal.events().flatMap(event => (event.type === 'rules-written' ? [event.text] : []))
    t.strictSame(rulesIn(dry.stdout), rulesIn(written.join('')))
    const settled = await attempt(['--dry-run', '--state-dir', '/run/fresh'])
    t.notMatch(settled.stdout, 'tentative', 'what runs is known')
    await portal.stop()
  })

  t.test('after kill -9 the next start has the same local ports, and its rules are the same', async t => {
    const first = await running()
    await first.served('default/web/TCP', 2)
    const before = await rules()
    await first.kill()
    t.equal(await rules(), before, 'rules stay')
    const second = await running()
    await second.served('default/web/TCP', 2)
    t.equal(await rules(), before)
    t.match(await ask(await connectFromNode(web)), /^web-/)
    await second.stop()
    t.equal(await rules(), untouched)
  })

  t.test(
    'cleanup after kill -9 says what it removed, leaves nothing, and is content with nothing',
    async t => {
      const portal = await running()
      await portal.kill()
      const { code, stdout } = await kubePortal(['cleanup'])
      t.equal(code, 0)
      t.match(stdout, /^removed IPv4 nft nat: KUBE-PORTALS-HOST with \d+ rules$/m)
      t.match(stdout, /^removed IPv4 nft nat: the jump from OUTPUT to KUBE-PORTALS-HOST$/m)
      t.match(stdout, /^removed \/run\/kube-portal\/state\.json$/m)
      t.equal(await rules(), untouched)
      t.strictSame(await kubePortal(['run', '--cleanup']), {
        code: 0,
        stdout: 'nothing to remove\n',
        stderr: '',
      })
    },
  )

  t.test('rules that somebody flushed are back with the next look', async t => {
    const portal = await running(['--iptables-sync-period', '200ms'])
    await portal.served('default/web/TCP', 2)
    const before = await rules()
    const from = portal.now()
    await machine.run('iptables', ['-t', 'nat', '-F'], { timeout: seconds(10) })
    await portal.event('new rules', isOf('rules-written'), from)
    t.equal(await rules(), before)
    await portal.stop()
  })

  t.test('when nothing differs nothing is written', async t => {
    const portal = await running(['--iptables-sync-period', '100ms'])
    await portal.served('default/web/TCP', 2)
    const from = portal.now()
    const { written } = await portal.event('a look', isOf('synced'), from)
    t.strictSame(written, [])
    await portal.stop()
  })

  t.test('a stop waits for open connections, and a second signal does not', async t => {
    const portal = await running(['--drain-timeout', '1h'])
    await portal.served('default/web/TCP', 2)
    const patient = await connectFromNode(web)
    const stubborn = await connectFromNode(web)
    stubborn.write('hello')
    await once(stubborn, 'data')
    const from = portal.now()
    const stopping = portal.stop()
    await portal.event('the last listener to close', isOf('closed', 'default/web/TCP'), from)
    t.equal(String(await exchange(patient, 'still there')), 'still there')
    const lost = once(stubborn, 'error')
    const again = portal.stop()
    t.match(await lost, [{ code: 'ECONNRESET' }])
    t.strictSame([await stopping, await again], [0, 0])
    t.equal(await rules(), untouched)
  })

  t.test('when nobody reads the log any more it goes on, and a stop still leaves nothing', async t => {
    const child = spawn(process.execPath, [program, 'run', '--kubeconfig', kubeconfig])
    for await (const line of child.stderr) if (String(line).includes('synced')) break
    child.kill('SIGTERM')
    t.strictSame(await once(child, 'exit'), [0, null])
    t.equal(await rules(), untouched)
  })

  const terminal = await needing('script', '--version')
  t.test('when its terminal is closed it takes its rules out', terminal, async t => {
    const command = `${process.execPath} ${program} run --kubeconfig ${kubeconfig}`
    // kube-portal inherits the fourth descriptor, and holds it open until its end.
    const script = spawn('script', ['-qfc', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    })
    const [, screen, , held] = script.stdio
    if (!screen || !held) throw new Error('no pipe')
    for await (const line of screen) if (String(line).includes('READY')) break
    t.match(await rules(), 'KUBE-PORTALS-HOST')
    const ended = once(held, 'close')
    script.kill('SIGKILL')
    await ended
    t.equal(await rules(), untouched)
  })

  t.test('a sync period shorter than the least one is a usage error', async t => {
    const { code, stderr } = await attempt(['--iptables-sync-period', '100ms'])
    t.equal(code, 2)
    t.equal(
      stderr,
      'kube-portal: --iptables-sync-period (100 ms) is shorter than --iptables-min-sync-period (1 s)\n  what to do: make the first at least as long as the second\n',
    )
  })

  t.test('without iptables it says which package to install', async t => {
    const { code, stderr } = await attempt(['--capture', 'redirect'], { PATH: '/nonexistent' })
    t.equal(code, 5)
    t.match(stderr, /kube-portal: there is no iptables here\n {2}what to do: .*install/)
  })

  t.test('no file is left half-written in the state folder', async t => {
    t.strictSame(readdirSync('/run/kube-portal'), ['state.json'])
  })
})
