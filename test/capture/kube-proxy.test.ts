import t from 'tap'
import { addressesInIptables, addressesOnInterface, kubeProxyRules } from '../../lib/capture/kube-proxy.js'
import type { Host } from '../../lib/host/host.js'
import { machine } from '../../lib/host/machine.js'
import { seconds } from '../../lib/model/milliseconds.js'
import { inNamespace, needing } from '../namespace.js'
import { run } from './commands.js'
import { harmless, iptablesMode, ipvsMode, nftablesMode } from './kube-proxy-left.js'

const four = iptablesMode('10.96.0.10/32', '203.0.113.7/32', {
  endpoint: '10.244.0.2:8080',
  all: '10.244.0.0/16',
})
const six = iptablesMode('fd00:96::a/128', '2001:db8::7/128', {
  endpoint: '[fd00:10::2]:8080',
  all: 'fd00:10::/56',
})

const restore = async (program: string, input: string): Promise<void> => {
  const { code, stderr } = await machine.run(program, ['--noflush'], { timeout: seconds(10), input })
  if (code !== 0) throw new Error(stderr)
}

await inNamespace(import.meta.url, async () => {
  t.test('rules that nothing leads to are no rules', t => {
    const unreached = four.replaceAll(/^-A (?:PREROUTING|OUTPUT) .*\n/gm, '')
    t.strictSame(addressesInIptables(unreached), [])
    t.strictSame(addressesInIptables(four), ['10.96.0.10', '203.0.113.7'])
    t.end()
  })

  t.test('in ipvs mode the addresses are those of its interface', t => {
    t.strictSame(addressesOnInterface(ipvsMode), ['10.96.0.1', '10.96.0.10', 'fd00:96::a'])
    t.end()
  })

  t.test('where there is nothing, nothing is found, and nothing is made', async t => {
    t.strictSame(await kubeProxyRules(machine), [])
    t.equal(run('nft', 'list', 'ruleset'), '')
  })

  t.test('without the programs nothing is found', async t => {
    const missing = Object.assign(new Error('not there'), { code: 'ENOENT' })
    const bare: Host = { ...machine, run: () => Promise.reject(missing) }
    t.strictSame(await kubeProxyRules(bare), [])
  })

  for (const kind of ['nft', 'legacy'] as const) {
    const skip = await needing(`iptables-${kind}`, '-t', 'nat', '-S')
    const clear = (): void => {
      for (const each of [`iptables-${kind}`, `ip6tables-${kind}`])
        for (const table of ['nat', 'filter']) for (const verb of ['-F', '-X']) run(each, '-t', table, verb)
    }

    t.test(`the addresses of Services in iptables mode are found (${kind})`, skip, async t => {
      t.teardown(clear)
      await restore(`iptables-${kind}-restore`, four)
      await restore(`ip6tables-${kind}-restore`, six)
      t.strictSame(await kubeProxyRules(machine), [
        { kept: `iptables-${kind}`, addresses: ['10.96.0.10', '203.0.113.7', 'fd00:96::a', '2001:db8::7'] },
      ])
    })

    t.test(`what kubelet makes, and what is left of a kube-proxy, is none (${kind})`, skip, async t => {
      t.teardown(clear)
      await restore(`iptables-${kind}-restore`, harmless)
      await restore(`ip6tables-${kind}-restore`, harmless)
      t.strictSame(await kubeProxyRules(machine), [])
    })
  }

  t.test(
    'the addresses of Services in nftables mode are found',
    await needing('nft', '--version'),
    async t => {
      const input = nftablesMode('ip', '10.96.0.10') + nftablesMode('ip6', 'fd00:96::a')
      t.equal((await machine.run('nft', ['-f', '-'], { timeout: seconds(10), input })).stderr, '')
      t.strictSame(await kubeProxyRules(machine), [
        { kept: 'nftables', addresses: ['10.96.0.10', 'fd00:96::a'] },
      ])
      run('nft', 'flush', 'map', 'ip', 'kube-proxy', 'service-ips')
      run('nft', 'delete', 'table', 'ip6', 'kube-proxy')
      t.strictSame(await kubeProxyRules(machine), [], 'one without Services is none')
    },
  )
})
