import t from 'tap'
import { notifySocketIn, takeNotifySocket } from '../../../lib/cli/supervisor/notify-socket.js'
import { machine } from '../../../lib/host/machine.js'
import { seconds } from '../../../lib/model/milliseconds.js'

const NOTIFY_SOCKET = '/run/systemd/notify'

t.test('without a socket nobody is told', async t => {
  t.equal(notifySocketIn({ NOTIFY_SOCKET: '', WATCHDOG_USEC: '60000000' }, 7), undefined)
})

t.test('without a watchdog nobody waits for signs of life', async t => {
  t.strictSame(notifySocketIn({ NOTIFY_SOCKET }, 7), { variables: { NOTIFY_SOCKET } })
})

t.test('a watchdog is told as often as it wants, and so it is by those after us', async t => {
  t.strictSame(notifySocketIn({ NOTIFY_SOCKET, WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' }, 7), {
    watchdog: seconds(60),
    variables: { NOTIFY_SOCKET, WATCHDOG_USEC: '60000000' },
  })
})

for (const [why, more] of [
  ['is for another process', { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '8' }],
  ['makes no sense', { WATCHDOG_USEC: 'soon' }],
  ['is off', { WATCHDOG_USEC: '0' }],
] as const)
  t.test(`a watchdog that ${why} is none`, async t => {
    t.strictSame(notifySocketIn({ NOTIFY_SOCKET, ...more }, 7), { variables: { NOTIFY_SOCKET } })
  })

t.test('programs that we start cannot speak for us', async t => {
  Object.assign(process.env, { NOTIFY_SOCKET, WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) })
  t.equal(takeNotifySocket()?.watchdog, seconds(60))
  const { stdout } = await machine.run('env', [], { timeout: seconds(10) })
  t.match(stdout, 'PATH=')
  t.notMatch(stdout, /NOTIFY_SOCKET|WATCHDOG/)
})
