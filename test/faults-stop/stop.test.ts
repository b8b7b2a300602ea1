import { once } from 'node:events'
import t from 'tap'
import { isOf } from '../../examples/demo/portal-process.js'
import { connectFromNode } from '../../examples/demo/request.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { exchange } from '../cli/stage.js'
import { onEachBackend } from '../services/each-backend.js'
import { startStopStage, web2 } from './stage.js'

const step = (event: ProxyEvent): string => {
  if (event.type !== 'rules-written') return event.type
  return event.text.includes('-X KUBE-NODEPORT-NON-LOCAL') ? 'guard out' : 'rules out'
}

const steps = (events: readonly ProxyEvent[]): string[] =>
  events
    .filter(({ type }) => ['stopping', 'rules-written', 'closed', 'disconnected', 'stopped'].includes(type))
    .map(step)
    .filter((each, index, all) => each !== all[index - 1])

await onEachBackend(import.meta.url, async backend => {
  const it = await startStopStage(backend)

  t.test(
    'while connections are drained nat is empty and bytes go both ways; the guard goes last',
    async t => {
      const portal = await it.serving(['--drain-timeout', '1h'])
      const open = await connectFromNode(it.web)
      open.write('before, ')
      await once(open, 'data')
      const from = portal.now()
      const stopping = portal.stop()
      await portal.event('its listener to close', isOf('closed', web2), from)
      t.notMatch(await it.tables(), '--to-ports')
      const much = Buffer.alloc(1 << 20, 'while draining ')
      t.ok((await exchange(open, much)).equals(much))
      t.equal(await stopping, 0)
      t.notOk(await it.isLeftBehind())
      const order = ['stopping', 'rules out', 'closed', 'disconnected', 'guard out', 'stopped']
      t.strictSame(steps(portal.events(from)), order)
    },
  )

  t.test('asked to stop again and again it still takes everything out, and ends well', async t => {
    const portal = await it.serving(['--drain-timeout', '1h'])
    const open = await connectFromNode(it.web)
    const reset = once(open, 'error')
    const first = portal.stop()
    await portal.event('the stop to begin', isOf('stopping'))
    const others = Array.from({ length: 8 }, () => portal.stop())
    t.strictSame([...new Set(await Promise.all([first, ...others]))], [0])
    t.match(await reset, [{ code: 'ECONNRESET' }])
    t.notOk(await it.isLeftBehind())
  })
})
