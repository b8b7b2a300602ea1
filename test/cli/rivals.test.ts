import t from 'tap'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { iptablesMode } from '../capture/kube-proxy-left.js'
import { inNamespace } from '../namespace.js'
import { kubePortal } from './command.js'
import { deploy, kubeconfig, rules, running, sandbox } from './stage.js'

const rest = { endpoint: '10.244.0.2:8080', all: '10.244.0.0/16' }

const put = async (text: string): Promise<void> => {
  await machine.run('iptables-restore', ['--noflush'], { timeout: seconds(10), input: text })
}

const clear = async (): Promise<void> => {
  for (const table of ['nat', 'filter'])
    for (const verb of ['-F', '-X'])
      await machine.run('iptables', ['-t', table, verb], { timeout: seconds(10) })
}

const attempt = (...args: readonly string[]): ReturnType<typeof kubePortal> =>
  kubePortal(['run', '--kubeconfig', kubeconfig, ...args])

await inNamespace(import.meta.url, async () => {
  const cluster = await sandbox()
  const web = deploy(cluster, 'web', 1)
  const same = iptablesMode(`${web.address}/32`, '203.0.113.7/32', rest)
  t.afterEach(clear)

  t.test(
    "kube-proxy's rules for the same Services: it refuses, says what to do, and touches nothing",
    async t => {
      await put(same)
      const before = await rules()
      for (const capture of ['redirect', 'bind']) {
        const { code, stderr } = await attempt('--capture', capture)
        t.equal(code, 5, capture)
        t.match(stderr, `(iptables-nft, 1 address, such as ${web.address}), of the same Services`)
        t.match(
          stderr,
          /what to do: stop kube-proxy .*\(kube-proxy --cleanup\), .*--force; nothing was touched/,
        )
      }
      t.equal(await rules(), before)
    },
  )

  t.test('a dry run warns of them, and shows the rules all the same', async t => {
    await put(same)
    const { code, stdout, stderr } = await attempt('--dry-run')
    t.equal(code, 0)
    t.match(stderr, 'a run would refuse: kube-proxy has rules in force here')
    t.match(stdout, web.address)
  })

  t.test('with --force it goes before them, and leaves them as they were', async t => {
    await put(same)
    const before = await rules()
    const portal = await running(['--force'])
    t.match(await rules(), 'KUBE-PORTALS-CONTAINER')
    t.equal(await portal.stop(), 0)
    t.equal(await rules(), before)
  })
})
