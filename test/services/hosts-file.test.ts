import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { ipAddress } from '../../lib/model/ip-address.js'
import { port } from '../../lib/model/port.js'
import { run } from '../capture/commands.js'
import { kubePortal } from '../cli/command.js'
import { until } from '../faults-guardian/guardians.js'
import { inNamespace } from '../namespace.js'
import { kubeconfig, startStage } from './stage.js'

/** Others', with a last line that has no end. */
const others = '127.0.0.1\tlocalhost\r\n# caf\u00e9\n192.0.2.1  nas'

const path = '/etc/hosts'
const hosts = (): string => readFileSync(path, 'utf8')

await inNamespace(import.meta.url, async () => {
  // Mounted, as a container has it: nobody else has this one, and it cannot be replaced.
  const folder = t.testdir()
  writeFileSync(`${folder}/hosts`, others)
  run('mount', '--bind', `${folder}/hosts`, path)
  const args = ['--capture', 'redirect', '--dns', 'hosts', '--on-crash', 'keep']
  const stage = await startStage('nft', { args })
  const [web] = await stage.deploy('web')
  stage.expose('web')
  await stage.synced()
  const named = (name: string): Promise<unknown> =>
    until(`the name ${name}`, () =>
      hosts().includes(`  ${name}.default.svc.cluster.local ${name}.default.svc\n`),
    )
  const unnamed = (name: string): Promise<unknown> =>
    until(`no name ${name}`, () => !hosts().includes(` ${name}.default`))
  const blocks = (): number => hosts().split('# BEGIN kube-portal').length - 1

  t.test('a Service can be called by its name, and a new one soon, and a removed one no more', async t => {
    await named('web')
    const [address = ''] = run('getent', 'ahosts', 'web.default.svc.cluster.local').split(' ')
    t.equal(await stage.clients.node.tcp({ address: ipAddress(address), port: port(80) }), web)
    stage.expose('cart')
    await named('cart')
    stage.objects.remove('services', 'default', 'cart')
    await unnamed('cart')
    t.match(hosts(), others)
  })

  t.test('hosts prints the same names', async t => {
    const { code, stdout } = await kubePortal(['hosts', '--kubeconfig', kubeconfig])
    t.equal(code, 0)
    t.equal(`${others}\n${stdout}`, hosts().replace(' (the line before had no end)', ''))
  })

  t.test('somebody takes the names out, and they are put back', async () => {
    writeFileSync(path, others)
    stage.expose('another')
    await named('another')
  })

  t.test('a reload leaves them', async t => {
    const from = stage.portal.now()
    process.kill(stage.portal.pid ?? 0, 'SIGHUP')
    await stage.portal.event('a takeover', isOf('took-over'), from)
    t.equal(blocks(), 1)
    stage.expose('late')
    await named('late')
    // So that the process that is killed next is the one that serves.
    await stage.restart(args)
    await named('late')
  })

  t.test('after kill -9 a second run has them once, and a stop leaves the file as it was', async t => {
    await stage.crash()
    t.equal(blocks(), 1)
    await stage.restart(args)
    await named('web')
    t.equal(blocks(), 1)
    t.equal(await stage.portal.stop(), 0)
    t.equal(hosts(), others)
  })

  t.test('after kill -9 cleanup takes them out, and says before that it would', async t => {
    await stage.restart(args)
    await named('web')
    await stage.crash()
    t.match(
      (await kubePortal(['cleanup', '--dry-run'])).stdout,
      'would remove the names of Services in /etc/hosts\n',
    )
    t.equal(blocks(), 1)
    t.match((await kubePortal(['cleanup'])).stdout, 'removed the names of Services in /etc/hosts\n')
    t.equal(hosts(), others)
  })

  t.test('after kill -9 the guardian takes them out', async t => {
    await stage.restart([...args, '--on-crash', 'undo'])
    await named('web')
    await stage.crash()
    await until('the file as it was', () => hosts() === others)
    t.equal(hosts(), others)
  })

  t.test('where nobody is led from cluster IPs to here, names are refused', async t => {
    for (const capture of ['socks', 'none']) {
      const { code, stderr } = await kubePortal([
        'run',
        '--kubeconfig',
        kubeconfig,
        '--capture',
        capture,
        '--dns',
        'hosts',
      ])
      t.equal(code, 2)
      t.match(stderr, `with --capture ${capture} nobody is led from those to here`)
      t.match(stderr, '  what to do: leave it out')
    }
    t.equal(hosts(), others)
  })
})
