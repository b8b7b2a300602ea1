import { readdirSync, statSync } from 'node:fs'
import t, { type Test } from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { realClock } from '../../lib/cli/real-clock.js'
import { kubePortal } from '../cli/command.js'
import { kubeconfig, rules, running, sandbox } from '../cli/stage.js'
import { besideOthers } from '../beside-others.js'
import { inNamespace } from '../namespace.js'

const folder = '/run/kube-portal'

/** The state folder's files, and when each was written. */
const state = (): string[] =>
  readdirSync(folder).map(name => `${name} ${statSync(`${folder}/${name}`).mtimeMs}`)

/** On a busy machine a process may wait for its turn for longer than it runs: the fastest of some counts. */
const attempts = 3

/** How long the fastest of some calls takes, in milliseconds. */
const fastestOf = async (call: () => Promise<void>): Promise<number> => {
  let fastest = Infinity
  for (let attempt = 0; attempt < attempts; attempt++) {
    const began = realClock.now()
    await call()
    fastest = Math.min(fastest, realClock.now() - began)
  }
  return Math.round(fastest)
}

await inNamespace(import.meta.url, async () => {
  await sandbox()
  const portal = await running()
  const pid = portal.pid ?? 0
  await portal.event('its snapshot to be saved', isOf('snapshot-saved'))
  const start = await fastestOf(async () => {
    await kubePortal(['--version'])
  })

  const refused = async (t: Test, args: readonly string[], cure: string): Promise<void> => {
    const before = [await rules(), ...state()]
    const took = await fastestOf(async () => {
      const { code, stderr } = await kubePortal(args)
      t.equal(code, 6)
      t.match(stderr, `what to do: stop it first${cure}; nothing was touched`)
    })
    t.ok(took < start + besideOthers(1000), `${took} ms, of which a start takes ${start}`)
    t.strictSame([await rules(), ...state()], before)
  }

  const beside = ', or run this one beside it with --capture socks or none, which change nothing here'

  t.test('a second instance refuses at once, names the first, and touches nothing', t =>
    refused(t, ['run', '--kubeconfig', kubeconfig], `: kill ${pid}${beside}`),
  )

  t.test('so does cleanup', t => refused(t, ['cleanup'], `: kill ${pid}`))

  t.test('so do both when the first one is stopped (SIGSTOP), and cannot say who it is', async t => {
    process.kill(pid, 'SIGSTOP')
    await refused(t, ['run', '--kubeconfig', kubeconfig], beside)
    await refused(t, ['cleanup'], '')
    process.kill(pid, 'SIGCONT')
  })

  t.test('a stop is none the worse for that', async t => {
    t.equal(await portal.stop(), 0)
  })
})
