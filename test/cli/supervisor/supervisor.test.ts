import t from 'tap'
import { Notices } from '../../../lib/cli/supervisor/notices.js'
import { Supervisor } from '../../../lib/cli/supervisor/supervisor.js'
import { machine } from '../../../lib/host/machine.js'
import type { ProxyEvent } from '../../../lib/model/event.js'
import { FakeClock } from '../../fake-clock.js'
import { needing } from '../../namespace.js'

const ready: ProxyEvent = { type: 'ready' }

/** A supervisor, as programs with these variables find it, and what was warned of. */
const withVariables = (
  variables: Readonly<Record<string, string>>,
): { readonly supervisor: Supervisor; readonly warnings: readonly string[] } => {
  const warnings: string[] = []
  const supervisor = new Supervisor({
    ...{ socket: { variables }, host: machine, clock: new FakeClock(), warn: text => warnings.push(text) },
    notices: new Notices({ isSuccessor: false, watchdog: undefined, monotonic: () => 0n }),
  })
  return { supervisor, warnings }
}

t.test('without systemd-notify nothing is harmed, and one warning says what is missing', async t => {
  const { supervisor, warnings } = withVariables({ PATH: '/nonexistent' })
  supervisor.note(ready)
  supervisor.note(ready)
  await supervisor.close()
  t.match(warnings, [/^systemd is not told how we are: there is no systemd-notify/])
  t.equal(warnings.length, 1)
})

t.test(
  'a supervisor that does not hear is warned of once',
  await needing('systemd-notify', '--version'),
  async t => {
    const { supervisor, warnings } = withVariables({ NOTIFY_SOCKET: '/nonexistent' })
    supervisor.note(ready)
    supervisor.note(ready)
    await supervisor.close()
    t.match(warnings, [/^systemd cannot be told how we are, by systemd-notify: .*No such file/])
    t.equal(warnings.length, 1)
  },
)
