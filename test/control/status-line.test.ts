import t from 'tap'
import { statusLineIn } from '../../lib/control/status-line.js'
import { instance, service, servedPort, services } from './statuses.js'

t.test('every line of a status arrives as it was sent', async t => {
  const away = { ...instance, api: { lasts: 5000, reason: 'connection refused' }, troubles: ['no Node'] }
  const dev = { ...instance, cluster: { context: 'kind-dev', server: 'https://127.0.0.1:41234' } }
  const lines = [
    instance,
    dev,
    { ...instance, cluster: { server: 'http://localhost:8001' } },
    away,
    ...services,
    { kind: 'gone', namespace: 'shop', name: 'db' },
    { kind: 'whole' },
  ]
  for (const line of lines) {
    const sent: unknown = JSON.parse(JSON.stringify(line))
    t.strictSame(statusLineIn(sent), line)
  }
})

t.test('what is no line of a status is refused', async t => {
  const wrong: readonly unknown[] = [
    'whole',
    { kind: 'pod' },
    { ...instance, process: '812' },
    { ...service('cart', [servedPort()]), labels: { app: 7 } },
    { kind: 'gone', namespace: 'shop' },
  ]
  for (const line of wrong) t.throws(() => statusLineIn(line), TypeError)
})
