import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { machine } from '../../lib/host/machine.js'
import type { Output } from '../../lib/host/host.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { kubePortal } from '../cli/command.js'
import { serviceCapabilities } from '../cli/supervisor/as-service.js'
import { needing } from '../namespace.js'

const folder = 'examples/systemd'
const name = 'kube-portal.service'
const unit = await readFile(join(folder, name), 'utf8')

/** What the unit says about `setting`, all of it. */
const said = (setting: string): readonly string[] =>
  unit
    .split('\n')
    .filter(line => line.startsWith(`${setting}=`))
    .map(line => line.slice(setting.length + 1))

/** Asks systemd-analyze about the unit, as it is with these drop-ins and a program that exists here. */
const analyze = async (
  t: Test,
  args: readonly string[],
  dropIns: readonly string[] = [],
): Promise<Output> => {
  const place = await mkdtemp(join(tmpdir(), 'unit-'))
  t.teardown(() => rm(place, { recursive: true }))
  await writeFile(join(place, name), unit.replace('/usr/local/bin/kube-portal', process.execPath))
  await mkdir(join(place, `${name}.d`))
  for (const each of dropIns) await cp(join(folder, each), join(place, `${name}.d`, each))
  return machine.run('systemd-analyze', [...args, join(place, name)], { timeout: seconds(30) })
}

const needed = await needing('systemd-analyze', '--version')

for (const dropIns of [[], ['legacy-iptables.conf']])
  t.test(`systemd understands all of the unit, with ${dropIns.join() || 'no drop-in'}`, needed, async t => {
    const { code, stderr } = await analyze(t, ['verify', '--man=no'], dropIns)
    t.strictSame([code, stderr], [0, ''])
  })

t.test('the unit is exposed by 3.5 at most', needed, async t => {
  const { code, stdout } = await analyze(t, ['security', '--offline=true', '--threshold=35'])
  t.equal(code, 0, stdout)
})

t.test('the unit gives kube-portal options that it has', async t => {
  const options = said('ExecStart').flatMap(line => line.match(/--[a-z-]+/g) ?? [])
  const { stdout } = await kubePortal(['run', '--help'])
  t.ok(options.length > 0)
  for (const option of options) t.match(stdout, `${option} `)
})

t.test('the unit gives it the capabilities that it was tried with', async t => {
  for (const setting of ['AmbientCapabilities', 'CapabilityBoundingSet'])
    t.strictSame(said(setting), [serviceCapabilities.join(' ')])
})
