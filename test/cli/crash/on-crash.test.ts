import t from 'tap'
import { onCrash } from '../../../lib/cli/crash/on-crash.js'

const supervisors: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['a systemd unit', { INVOCATION_ID: '0f1e' }],
  ['a supervisor that wants to be notified', { NOTIFY_SOCKET: '/run/notify' }],
  ['a pod', { KUBERNETES_SERVICE_HOST: '10.96.0.1' }],
]

t.test('on a terminal it undoes', async t => {
  t.equal(onCrash('auto', { env: { INVOCATION_ID: '' }, onTerminal: true }), 'undo')
})

t.test('without a terminal it keeps', async t => {
  t.equal(onCrash('auto', { env: {}, onTerminal: false }), 'keep')
})

for (const [who, env] of supervisors)
  t.test(`in ${who} it keeps, even on a terminal`, async t => {
    t.equal(onCrash('auto', { env, onTerminal: true }), 'keep')
  })

t.test('what somebody chose is done everywhere', async t => {
  t.equal(onCrash('undo', { env: { INVOCATION_ID: '0f1e' }, onTerminal: false }), 'undo')
  t.equal(onCrash('keep', { env: {}, onTerminal: true }), 'keep')
})
