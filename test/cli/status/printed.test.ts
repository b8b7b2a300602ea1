import { readFileSync } from 'node:fs'
import t from 'tap'
import type { StatusFormat } from '../../../lib/cli/options/status.js'
import { printed, type Status } from '../../../lib/cli/status/printed.js'
import { instance, servedPort, service, services } from '../../control/statuses.js'

const expected = (name: string): string => readFileSync(`test/cli/status/expected/${name}`, 'utf8')

const asked = (output: StatusFormat, change: Partial<Status> = {}, namespace?: string): string =>
  printed({ instance, services, ...change }, { output, namespace })

t.test('a table fits on 80 columns, and has why below it', async t => {
  const text = asked('table')
  t.equal(text, expected('table.txt'))
  // What programs say themselves may be longer.
  t.strictSame(
    text.split('\n').filter(line => line.length > 80 && !line.includes('EADDRINUSE')),
    [],
  )
})

t.test('a wide table has all columns', async t => {
  t.equal(asked('wide'), expected('wide.txt'))
})

t.test('of one namespace the column that says so is left out', async t => {
  const shop = services.filter(({ namespace }) => namespace === 'shop')
  t.equal(asked('table', { services: shop }, 'shop'), expected('one-namespace.txt'))
})

t.test('YAML, JSON and names have the same Services', async t => {
  const [dns, cart] = services
  if (!dns || !cart) throw new Error('no services')
  t.equal(asked('yaml', { services: [cart] }), expected('status.yaml'))
  t.strictSame(JSON.parse(asked('json')), JSON.parse(JSON.stringify({ instance, services })))
  t.equal(asked('name'), expected('names.txt'))
})

t.test('where nothing is captured, local ports are where clients come to', async t => {
  const here = { ...instance, capture: 'none' }
  const dual = service('cart', [servedPort(), servedPort({ family: 'IPv6', localPort: 14_004 })])
  t.equal(asked('table', { instance: here, services: [dual] }), expected('capture-none.txt'))
})

t.test('what is wrong with the whole is said at the end', async t => {
  const troubled = {
    ...instance,
    readiness: 'resumed',
    api: { lasts: 125_000, reason: 'cannot list services: connection refused' },
    ...{ node: 'laptop', isNode: false, troubles: ['no IPv4 node port is served'] },
  }
  t.equal(asked('table', { instance: troubled, services: [] }), expected('troubles.txt'))
})
