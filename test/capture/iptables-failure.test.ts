import t from 'tap'
import { notRun, refused, whyUnreadable } from '../../lib/capture/iptables-failure.js'

const input = '*nat\n:KUBE-A - [0:0]\n-A KUBE-A -j NOSUCH\nCOMMIT\n'

const failed = (code: number, stderr: string) =>
  refused('iptables-restore', { code, stdout: '', stderr }, input)

t.test('a program that is not there is missing', t => {
  const { code, cure } = notRun('iptables-nft-save', Object.assign(new Error('spawn'), { code: 'ENOENT' }))
  t.equal(code, 'missing')
  t.match(cure, 'apt-get install iptables')
  t.end()
})

t.test('a program that hangs has failed', t => {
  const { code } = notRun('iptables-nft-save', Object.assign(new Error('killed'), { code: 'ETIMEDOUT' }))
  t.equal(code, 'failed')
  t.end()
})

for (const [name, code, stderr] of [
  [
    'nft',
    4,
    'iptables-nft-restore v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n',
  ],
  ['legacy', 4, "Fatal: can't open lock file /run/xtables.lock: Permission denied\n"],
  ['legacy, saving', 1, 'Failed to list table names in /proc/net/ip_tables_names: Permission denied\n'],
] as const)
  t.test(`without the right to, something is missing (${name})`, t => {
    t.equal(failed(code, stderr).code, 'missing')
    t.end()
  })

t.test('a lock that another program holds is no defect of ours', t => {
  const failure = failed(
    4,
    "Can't lock /run/xtables.lock: Resource temporarily unavailable\nAnother app is currently holding the xtables lock. Stopped waiting after 5s.\n",
  )
  t.equal(failure.code, 'failed')
  t.match(failure.message, 'locked by another program')
  t.end()
})

for (const [name, stderr] of [
  [
    'nft',
    "iptables-nft-restore v1.8.9 (nf_tables): Chain 'NOSUCH' does not exist\nError occurred at line: 3\nTry `iptables-nft-restore -h' or 'iptables-nft-restore --help' for more information.\n",
  ],
  [
    'nft, later',
    'iptables-nft-restore v1.8.9 (nf_tables): \nline 3: RULE_APPEND failed (Invalid argument): rule in chain KUBE-A\n',
  ],
  ['legacy', 'iptables-restore: line 3 failed\n'],
] as const)
  t.test(`a refused line is named (${name})`, t => {
    const failure = failed(2, stderr)
    t.equal(failure.code, 'failed')
    t.match(failure.message, /, at: -A KUBE-A -j NOSUCH$/)
    t.end()
  })

t.test('a program that a signal ended is said to be', t => {
  t.match(failed(137, '').message, 'signal 9 ended it')
  t.end()
})

t.test('what no iptables-save prints is not believed, nor half of what it does', t => {
  const saved = '# Generated\n*nat\n:OUTPUT ACCEPT [0:0]\n[1:60] -A OUTPUT -j A\n-A OUTPUT -j B\nCOMMIT\n'
  t.equal(whyUnreadable('iptables-save', ''), undefined)
  t.equal(whyUnreadable('iptables-save', `${saved}\n${saved}`), undefined)
  t.match(whyUnreadable('iptables-save', 'Segmentation fault\n')?.message, /makes no sense: Segmentation/)
  t.match(whyUnreadable('iptables-save', saved.replace('COMMIT\n', ''))?.message, /a table without an end/)
  t.match(whyUnreadable('iptables-save', `${saved}*filter\n-A INP`)?.code, 'failed')
  t.end()
})
