import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'

const timeout = seconds(20)
const skip = process.getuid?.() === 0 ? false : 'only root can become somebody else'

const home = mkdtempSync(join(tmpdir(), 'home-of-ada-'))
t.teardown(() => rmSync(home, { recursive: true }))
const as = { uid: 4711, gid: 4712, groups: [4712, 4713], user: 'ada', home }

t.test(
  'a program of somebody else has their groups and their home, and knows nothing of sudo',
  { skip },
  async t => {
    chownSync(home, as.uid, as.gid)
    chmodSync(home, 0o700)
    const script = 'id -u; id -g; id -G; echo $USER $LOGNAME $HOME; env | grep SUDO; touch $HOME/cache'
    process.env.SUDO_USER = 'ada'
    t.teardown(() => delete process.env.SUDO_USER)
    const { stdout } = await machine.run('sh', ['-c', script], { timeout, as })
    t.strictSame(stdout.split('\n'), ['4711', '4712', '4712 4713', `ada ada ${home}`, ''])
    const { uid, gid } = statSync(join(home, 'cache'))
    t.strictSame([uid, gid], [4711, 4712])
  },
)

t.test('how a program of somebody else ends is told as of any other', { skip }, async t => {
  const run = (program: string, ...args: readonly string[]) => machine.run(program, args, { timeout, as })
  t.equal((await run('sh', '-c', 'exit 3')).code, 3)
  t.equal((await run('sh', '-c', 'kill -9 $$')).code, 137)
  await t.rejects(run('no-such-program'), { code: 'ENOENT', message: 'there is no program no-such-program' })
  const roots = join(mkdtempSync(join(tmpdir(), 'of-root-')), 'program')
  writeFileSync(roots, '#!/bin/sh\n', { mode: 0o700 })
  t.teardown(() => rmSync(dirname(roots), { recursive: true }))
  t.match(await run(roots), { code: 126, stderr: /EACCES/ })
})

t.test('what a program of somebody else is told does not become code that root runs', { skip }, async t => {
  const [asRoot, module] = [join(home, 'as-root'), join(home, 'module.cjs')]
  writeFileSync(module, `if (process.getuid() === 0) require('fs').writeFileSync('${asRoot}', '')`)
  const variables = { NODE_OPTIONS: `--require=${module}` }
  const { stdout } = await machine.run('sh', ['-c', 'echo $NODE_OPTIONS'], { timeout, as, variables })
  t.ok(stdout.includes(variables.NODE_OPTIONS))
  t.notOk(existsSync(asRoot))
})

t.test('what a program complains of is told as it comes', async t => {
  let told: (text: string) => void = () => undefined
  const first = new Promise<string>(resolve => (told = resolve))
  const stop = new AbortController()
  const run = machine.run('sh', ['-c', 'echo open a page >&2; exec sleep 60'], {
    ...{ timeout, giveUp: stop.signal, complaint: told },
  })
  t.equal(await first, 'open a page\n')
  stop.abort()
  await t.rejects(run, { code: 'ETIMEDOUT' })
})
