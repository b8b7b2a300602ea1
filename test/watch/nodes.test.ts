import t from 'tap'
import type { ProxyEvent } from '../../lib/model/event.js'
import { ApiError } from '../../lib/watch/api-error.js'
import { Nodes } from '../../lib/watch/nodes.js'
import { FakeClock } from '../fake-clock.js'
import { type Script, ScriptedTransport } from './scripted-transport.js'

const forbidden: Script = {
  status: 403,
  body: '{"message":"nodes is forbidden: User \\"ada\\" cannot list resource \\"nodes\\""}',
}

const listed: Script = {
  body: JSON.stringify({
    ...{ kind: 'NodeList', metadata: { resourceVersion: '1' } },
    items: [{ metadata: { name: 'laptop' } }, { metadata: { name: 'worker' } }],
  }),
}

const stage = (
  scripts: readonly (Script | Error)[],
  onForbidden: 'none' | 'trouble',
  idle = () => undefined,
) => {
  const clock = new FakeClock()
  const events: ProxyEvent[] = []
  const transport = new ScriptedTransport(scripts, idle)
  const nodes = new Nodes({
    ...{ transport, clock, random: () => 0, wanted: 'all', name: 'laptop', forbidden: onForbidden },
    report: event => events.push(event),
    changed: () => undefined,
  })
  return { nodes, clock, events, transport }
}

t.test(
  'Nodes that may not be seen are none, which is said once, and looked at every five minutes',
  async t => {
    const stop = new AbortController()
    let watching = (): void => undefined
    const watched = new Promise<void>(resolve => (watching = resolve))
    const { nodes, clock, events, transport } = stage([forbidden, forbidden, listed], 'none', () => {
      watching()
      return undefined
    })
    t.equal(nodes.listed, false)
    const running = nodes.run(stop.signal)
    await clock.alarm(delay => delay === 300_000)
    t.strictSame([nodes.listed, nodes.own, nodes.all], [true, undefined, []])
    t.match(nodes.forbidden, 'User "ada" cannot list resource "nodes"')
    clock.advance(300_000)
    await clock.alarm(delay => delay === 300_000)
    t.equal(transport.asked.length, 2)
    t.strictSame(
      events.map(({ type }) => type),
      ['nodes-forbidden'],
    )
    clock.advance(300_000)
    await watched
    t.strictSame([nodes.own?.name, nodes.all.length, nodes.forbidden], ['laptop', 2, undefined])
    stop.abort()
    await running
  },
)

t.test('where they are needed, a missing right is a trouble as any other', async t => {
  const { nodes } = stage([forbidden], 'trouble')
  await t.rejects(nodes.list(new AbortController().signal), { message: /the server answered 403/ })
  t.equal(nodes.listed, false)
})

t.test('that the server is away is a trouble wherever Nodes are wanted', async t => {
  const { nodes } = stage([new ApiError('unreachable', 'connect ECONNREFUSED')], 'none')
  await t.rejects(nodes.list(new AbortController().signal), { message: 'connect ECONNREFUSED' })
  t.strictSame([nodes.listed, nodes.forbidden], [false, undefined])
})
