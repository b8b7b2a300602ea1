import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { kubePortal } from '../cli/command.js'
import { needing } from '../namespace.js'
import { commandsIn } from './commands-in.js'

const guides = ['examples/systemd/README.md', 'examples/daemonset/README.md']

const commands = guides.flatMap(commandsIn)

for (const guide of guides)
  t.test(`all files that ${guide} names are there`, async t => {
    const named = readFileSync(guide, 'utf8').match(/examples\/[\w./-]*\w/g) ?? []
    t.ok(named.length > 0)
    t.strictSame(
      named.filter(path => !existsSync(path)),
      [],
    )
  })

t.test('all options of kube-portal that the guides use are its own', async t => {
  const { stdout } = await kubePortal(['run', '--help'])
  const used = commands
    .filter(line => / kube-portal run |KUBE_PORTAL_ARGS/.test(line))
    .flatMap(line => line.replace(/^.* kube-portal run /, '').match(/--[a-z-]+/g) ?? [])
  t.ok(used.length > 0)
  for (const option of used) t.match(stdout, `${option} `)
})

t.test('the guide names the package as npm does', async t => {
  const { stdout } = await kubePortal(['--version'])
  const tarball = `./kube-portal-${stdout.trim()}.tgz`
  t.equal(commands.filter(line => line.startsWith('npm install') && line.endsWith(tarball)).length, 1)
  t.ok(commands.some(line => line.endsWith(`--tag kube-portal:${stdout.trim()} .`)))
})

t.test('systemd makes the user', await needing('systemd-sysusers', '--version'), async t => {
  const root = await mkdtemp(join(tmpdir(), 'users-'))
  t.teardown(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'etc'))
  const { code, stderr } = await machine.run(
    'systemd-sysusers',
    [`--root=${root}`, join(process.cwd(), 'examples/systemd/kube-portal.sysusers')],
    { timeout: seconds(10) },
  )
  t.equal(code, 0, stderr)
  t.match(await readFile(join(root, 'etc/passwd'), 'utf8'), /^kube-portal:/m)
  t.match(await readFile(join(root, 'etc/group'), 'utf8'), /^kube-portal:/m)
})
