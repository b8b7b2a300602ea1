import t from 'tap'
import { seconds } from '../../lib/model/milliseconds.js'
import type { ProxyEvent } from '../../lib/model/event.js'
import { Contact } from '../../lib/watch/contact.js'
import { FakeClock } from '../fake-clock.js'
import { ScriptedTransport } from './scripted-transport.js'

const trouble: ProxyEvent = {
  ...{ type: 'api-trouble', resource: 'services', during: 'watch', trouble: 'unreachable' },
  ...{ reason: 'connection refused', retryIn: seconds(1) },
}

t.test('it is known since when a kind cannot be followed, until the server answers again', async t => {
  const clock = new FakeClock()
  const reported: ProxyEvent[] = []
  const contact = new Contact({
    transport: new ScriptedTransport([{ status: 500 }, { status: 200 }]),
    ...{ clock, report: event => void reported.push(event) },
  })
  const get = () => contact.get('/api', { signal: new AbortController().signal, quiet: seconds(1) })
  t.equal(contact.absence, undefined)
  contact.report(trouble)
  clock.advance(3000)
  contact.report({ ...trouble, reason: 'no route' })
  t.strictSame(contact.absence, { lasts: 3000, reason: 'no route' })
  await get()
  t.ok(contact.absence, 'an error is no answer')
  await get()
  t.equal(contact.absence, undefined)
  t.equal(reported.length, 2)
})

t.test('a list that is too old to be gone on with is no absence', async t => {
  const contact = new Contact({
    ...{ transport: new ScriptedTransport([]), clock: new FakeClock(), report: () => undefined },
  })
  contact.report({ ...trouble, trouble: 'expired' })
  t.equal(contact.absence, undefined)
})
