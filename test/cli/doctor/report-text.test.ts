import t from 'tap'
import { unwise, well, wrong } from '../../../lib/cli/doctor/finding.js'
import { reportText } from '../../../lib/cli/doctor/report-text.js'

t.test('what is found is a table that fits the terminal, with what to do, and a verdict', async t => {
  const findings = [
    well('iptables', 'nft would be used (of nft and legacy); it also holds rules of Docker, kubelet'),
    unwise(
      'open files',
      '1024 may be open: room for 512 connections at once',
      'ulimit -n 20000 in the shell',
    ),
    wrong('port 10256', 'another program listens there', 'end it (kube-proxy?), or --healthz-bind-address'),
  ]
  t.equal(
    reportText(findings, 60),
    `ok    iptables       nft would be used (of nft and legacy);
                     it also holds rules of Docker, kubelet
note  open files     1024 may be open: room for 512
                     connections at once
                     what to do: ulimit -n 20000 in the
                     shell
WRONG port 10256     another program listens there
                     what to do: end it (kube-proxy?), or
                     --healthz-bind-address

1 thing is wrong, 1 note
`,
  )
})

t.test('where all is well it says so', async t => {
  t.equal(
    reportText([well('IPv4', 'its tables work')], 80),
    'ok    IPv4           its tables work\n\nnothing is wrong\n',
  )
})
