import t from 'tap'
import { ruleFindings, type RuleQuestion } from '../../../lib/cli/explain/rule-findings.js'
import { ipAddress } from '../../../lib/model/ip-address.js'
import { port } from '../../../lib/model/port.js'
import { outputJump, saved } from '../../capture/counted-rules.js'

const question: RuleQuestion = {
  place: { address: ipAddress('10.96.0.10'), port: port(80), protocol: 'TCP', isNodePort: false },
  ...{ isLocal: true, localPort: 14_003, reason: undefined },
  kernel: [{ kept: 'iptables-nft', saved }],
}

const kernel = (text: string | undefined): Pick<RuleQuestion, 'kernel'> => ({
  kernel: [{ kept: 'iptables-nft', saved: text }],
})

const found = (change: Partial<RuleQuestion> = {}): readonly string[] =>
  ruleFindings({ ...question, ...change }).map(({ state, text }) => `${state}: ${text}`)

const behind =
  "note: kube-proxy's rule leads 10.96.0.10:80 away, too: nat KUBE-SERVICES to KUBE-SVC-CART; ours comes first"
const redirected =
  'nat KUBE-PORTALS-HOST leads 10.96.0.10:80 to local port 14003 (REDIRECT), 2 clients so far'

t.test('the rule in force is the one of the clients in question, with its count', async t => {
  t.strictSame(found(), [`well: ${redirected}`, behind])
  t.match(found({ isLocal: false }), [/^well: nat KUBE-PORTALS-CONTAINER .* 7 clients so far$/, behind])
})

t.test('a jump that somebody took out is a problem, one that somebody displaced is said', async t => {
  t.match(found(kernel(saved.replace(outputJump, ''))), [
    'problem: no jump leads from nat OUTPUT to our rules: somebody took it out',
  ])
  const other = '[0:0] -A OUTPUT -d 192.0.2.0/24 -j ACCEPT\n'
  t.match(found(kernel(saved.replace(outputJump, other + outputJump))), [
    "note: in nat OUTPUT, another program's rule comes before ours: -d 192.0.2.0/24 -j ACCEPT",
    /^well/,
    /^problem: kube-proxy's rule leads 10\.96\.0\.10:80 away/,
  ])
})

t.test('a rule that leads to another port than ours, and one that is missing, are problems', async t => {
  t.equal(found({ localPort: 14_009 })[0], `problem: ${redirected}, but kube-portal listens on port 14009`)
  const elsewhere = { ...question.place, port: port(81) }
  t.strictSame(found({ place: elsewhere, reason: 'it waits for the next sync' }), [
    'problem: no rule names 10.96.0.10:81: it waits for the next sync',
  ])
})

t.test('a refusal says so', async t => {
  const place = { ...question.place, address: ipAddress('10.96.0.11'), port: port(443) }
  t.strictSame(found({ place }), [
    'note: filter KUBE-PORTAL-REFUSE says REJECT to 10.96.0.11:443, 3 clients so far',
  ])
})

t.test('flushed rules, no iptables and no right to look are three things', async t => {
  t.strictSame(found(kernel('*nat\nCOMMIT\n')), ['problem: none of our rules is in force'])
  t.strictSame(found({ kernel: [] }), ['problem: there is no iptables here'])
  t.strictSame(found(kernel(undefined)), ['note: not looked at: that takes root (sudo)'])
})
