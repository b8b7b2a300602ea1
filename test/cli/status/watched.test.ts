import { readFileSync } from 'node:fs'
import t from 'tap'
import { chosenBy } from '../../../lib/cli/status/chosen.js'
import { Watched } from '../../../lib/cli/status/watched.js'
import type { StatusLine } from '../../../lib/control/status.js'
import { instance, service, servedPort } from '../../control/statuses.js'

const none = { ready: 0, all: 0, some: [], failing: [] }

const moments: readonly (readonly StatusLine[])[] = [
  [instance, service('cart', [servedPort()]), service('db', []), { kind: 'whole' }],
  [
    instance,
    service('cart', [
      servedPort({ endpoints: none, healthy: false, unhealthy: ['no endpoints: clients are refused'] }),
    ]),
    { kind: 'whole' },
  ],
  [
    { ...instance, api: { lasts: 3000, reason: 'connection refused' } },
    { kind: 'gone', namespace: 'shop', name: 'db' },
    { kind: 'whole' },
  ],
]

t.test('who watches sees all there is, and then what changes', async t => {
  const watched = new Watched(chosenBy([], {}), { output: 'table' })
  const text = moments.map(lines => lines.map(line => watched.take(line)).join('')).join('')
  t.equal(text, readFileSync('test/cli/status/expected/watched.txt', 'utf8'))
})

t.test('for programs, each change is a line of JSON', async t => {
  const watched = new Watched(chosenBy(['svc/cart'], {}), { output: 'json' })
  const lines = moments.flatMap(each => each.map(line => watched.take(line)).filter(text => text !== ''))
  t.strictSame(
    lines.map(line => /"name":"(\w+)"/.exec(line)?.[1]),
    ['cart', 'cart'],
  )
})
