import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { isOf } from '../../../examples/demo/portal-process.js'
import { machine } from '../../../lib/host/machine.js'
import { seconds } from '../../../lib/model/milliseconds.js'
import { iptablesMode } from '../../capture/kube-proxy-left.js'
import { inNamespace } from '../../namespace.js'
import { type Ended, kubePortal } from '../command.js'
import { deploy, running, sandbox } from '../stage.js'

const run = async (program: string, args: readonly string[], input = ''): Promise<void> => {
  const { code, stderr } = await machine.run(program, args, { timeout: seconds(10), input })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

/** The lines of what doctor prints, each finding one of them. */
const lines = ({ stdout }: Ended): readonly string[] => stdout.replaceAll(/\n {10,}/g, ' ').split('\n')

const doctor = async (env: NodeJS.ProcessEnv = {}): Promise<readonly [number, string]> => {
  const ended = await kubePortal(['doctor'], env)
  return [
    ended.code,
    lines(ended)
      .filter(line => !line.startsWith('ok '))
      .join('\n'),
  ]
}

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 1)

  t.test('where nothing is wrong, it says so, and ends with 0', async t => {
    const [code, said] = await doctor()
    t.equal(code, 0)
    t.match(said, 'kube-portal    does not run here what to do: kube-portal run')
    t.match(said, /^nothing is wrong/m)
  })

  t.test('it names the process that runs, and nothing of its own as left over or in the way', async t => {
    const portal = await running()
    const ended = await kubePortal(['doctor'])
    t.equal(ended.code, 0)
    t.match(lines(ended), [`ok    kube-portal    runs here, as process ${portal.pid ?? 0}`])
    t.notMatch(ended.stdout, /leftovers|port 10256/)
    await portal.stop()
  })

  t.test('what a run left that was killed is named, and is not touched', async t => {
    const portal = await running()
    await portal.event('all to be saved', isOf('snapshot-saved'))
    await portal.kill()
    const [code, said] = await doctor()
    t.equal(code, 1)
    t.match(
      said,
      /WRONG leftovers {6}an earlier run left IPv4 nft .*KUBE-PORTALS-HOST.* what to do: .*cleanup/,
    )
    t.equal((await doctor())[1], said)
    await kubePortal(['cleanup'])
    t.equal((await doctor())[0], 0)
  })

  t.test('another program at the health port, and a kube-proxy, are named', async t => {
    const server = createServer().listen(10_256)
    await once(server, 'listening')
    const rest = { endpoint: '10.244.0.2:8080', all: '10.244.0.0/16' }
    await run('iptables-restore', ['--noflush'], iptablesMode(`${web.address}/32`, '203.0.113.7/32', rest))
    const [code, said] = await doctor()
    server.close()
    for (const table of ['nat', 'filter'])
      for (const verb of ['-F', '-X']) await run('iptables', ['-t', table, verb])
    t.equal(code, 1)
    t.match(said, 'WRONG port 10256     another program listens there what to do: end it')
    t.match(
      said,
      'WRONG kube-proxy     has rules in force here (iptables-nft, 2 addresses) what to do: stop it',
    )
    t.match(said, /^2 things are wrong/m)
  })

  t.test('missing programs are named, with the package', async t => {
    const [code, said] = await doctor({ PATH: '/nowhere' })
    t.equal(code, 1)
    t.match(said, /WRONG iptables {7}there is no iptables here what to do: install/)
    t.match(said, /note {2}conntrack\(8\) {3}is missing/)
  })

  t.test('as JSON each finding is an object', async t => {
    const { code, stdout } = await kubePortal(['doctor', '-o', 'json'])
    t.equal(code, 0)
    const findings: unknown = JSON.parse(stdout)
    t.match(findings, [{ what: 'kube-portal', state: 'unwise', cure: 'kube-portal run' }])
  })

  t.test('a machine without a default route is told', async t => {
    await run('ip', ['route', 'del', 'default'])
    const [code, said] = await doctor()
    t.equal(code, 1)
    t.match(said, /WRONG default route {2}there is none: .* what to do: add one/)
  })
})
