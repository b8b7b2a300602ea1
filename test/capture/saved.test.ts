import { readFileSync } from 'node:fs'
import t from 'tap'
import { savedRules } from '../../lib/capture/saved.js'

for (const file of ['nft.txt', 'nft-counters.txt', 'legacy.txt', 'legacy-counters.txt'])
  t.test(`what is ours is found in what iptables saves (${file})`, t => {
    const { filter, nat } = savedRules(readFileSync(`test/capture/saved/${file}`, 'utf8'))
    t.strictSame(
      [...filter.chains],
      [['KUBE-NODEPORT-NON-LOCAL', ['-p tcp -m tcp --dport 14000 -m conntrack --ctstate DNAT -j ACCEPT']]],
    )
    t.strictSame(filter.references, [
      {
        from: 'INPUT',
        place: 2,
        rule: '-m comment --comment "Ensure that non-local NodePort traffic can flow" -j KUBE-NODEPORT-NON-LOCAL',
        behind: '-p tcp -m tcp --dport 22 -j ACCEPT',
      },
    ])
    t.strictSame(
      [...nat.chains],
      [
        [
          'KUBE-PORTALS-HOST',
          [
            String.raw`-m comment --comment "it\'s \"so\" \\ so" -j RETURN`,
            '-m comment --comment plain -j RETURN',
          ],
        ],
      ],
    )
    t.strictSame(nat.references, [{ from: 'OUTPUT', place: 1, rule: '-g KUBE-PORTALS-HOST' }])
    t.end()
  })

t.test('a machine without any rules has none of ours', t => {
  const { filter, nat } = savedRules('')
  t.strictSame([...filter.chains, ...filter.references, ...nat.chains, ...nat.references], [])
  t.end()
})
