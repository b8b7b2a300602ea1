import { readFileSync } from 'node:fs'
import t from 'tap'
import { explanationText } from '../../../lib/cli/explain/explanation-text.js'
import { note, problem, well } from '../../../lib/cli/explain/finding.js'

const lead = [
  well('route', '10.96.0.10 via 172.18.0.1 dev eth0 src 172.18.0.2'),
  well('rule', 'nat KUBE-PORTALS-HOST leads 10.96.0.10:80 to local port 14003 (REDIRECT), 2 clients so far'),
  well('listener', 'kube-portal listens on port 14003'),
]

t.test('a healthy way ends in a verdict', async t => {
  const findings = [...lead, note('choice', '10.244.0.9:8080 left out: it is not ready')]
  const text = explanationText({
    subject: 'shop/cart:http at 10.96.0.10:80/TCP, for a client on this machine',
    findings,
  })
  t.equal(text, readFileSync('test/cli/explain/expected/healthy.txt', 'utf8'))
})

t.test(
  'of several problems the first on the way is the verdict, with one thing to do; no line is longer than 80',
  async t => {
    const findings = [
      ...lead,
      problem(
        'dial',
        'endpoint 10.244.0.7:8080 cannot be reached: connect ECONNREFUSED 10.244.0.7:8080',
        "see that the pod listens on port 8080, at all its addresses and not only 127.0.0.1; or correct the Service's targetPort",
      ),
      problem('portal', 'kube-portal reset the connection: every endpoint failed', 'see its endpoints'),
    ]
    const text = explanationText({
      subject: 'shop/cart:http at 10.96.0.10:80/TCP, for the client 10.244.0.7',
      findings,
    })
    t.equal(text, readFileSync('test/cli/explain/expected/problem.txt', 'utf8'))
    t.ok(text.split('\n').every(line => line.length <= 80))
  },
)
