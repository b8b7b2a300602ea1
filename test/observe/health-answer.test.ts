import t from 'tap'
import type { Health, Readiness } from '../../lib/model/health.js'
import { milliseconds } from '../../lib/model/milliseconds.js'
import { healthAnswer } from '../../lib/observe/health-answer.js'

const healthy = { healthy: true, updated: milliseconds(1500) }
const well: Health = {
  readiness: 'ready',
  nodeEligible: true,
  families: { IPv4: healthy, IPv6: { healthy: true } },
}
const late: Health = { ...well, families: { ...well.families, IPv4: { ...healthy, healthy: false } } }
const options = { families: ['IPv4', 'IPv6'], now: new Date('2026-01-02T03:04:05.000Z') } as const

const answered = (path: string, health: Health): readonly [number, unknown] => {
  const { status, body } = healthAnswer(path, health, options)
  return [status, JSON.parse(body)]
}

t.test('/healthz says what kube-proxy would: this moment as the last update, while all is well', t => {
  t.strictSame(healthAnswer('/healthz', well, options), {
    status: 200,
    headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
    body: '{"lastUpdated":"2026-01-02T03:04:05.000Z","currentTime":"2026-01-02T03:04:05.000Z","healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-02T03:04:03.500Z","healthy":true},"IPv6":{"lastUpdated":"0001-01-01T00:00:00Z","healthy":true}},"nodeEligible":true}',
  })
  t.end()
})

t.test('a change that waits for too long is told at /healthz and at /livez, with the last update', t => {
  for (const path of ['/healthz', '/livez'])
    t.match(answered(path, late), [
      503,
      {
        lastUpdated: '2026-01-02T03:04:03.500Z',
        healthy: false,
        status: { IPv4: { healthy: false }, IPv6: { healthy: true } },
      },
    ])
  t.end()
})

t.test('a node that is about to go is told at /healthz; /livez has nothing to do with it', t => {
  const leaving = { ...well, nodeEligible: false }
  t.match(answered('/healthz', leaving), [503, { nodeEligible: false, healthy: false }])
  const { status, body } = healthAnswer('/livez', leaving, options)
  t.equal(status, 200)
  t.notMatch(body, 'nodeEligible')
  t.end()
})

t.test('/readyz says for what it waits; meanwhile it is healthy, but not when it stops', t => {
  const readiness: Readiness[] = ['no lists yet', 'resumed', 'no rules yet', 'ready', 'stopping']
  const told = readiness.map(each => {
    const { status, body } = healthAnswer('/readyz', { ...well, readiness: each }, options)
    const [health, life] = ['/healthz', '/livez'].map(path => answered(path, { ...well, readiness: each })[0])
    return [status, body, health, life]
  })
  t.strictSame(told, [
    [503, 'waiting for the API server\n', 200, 200],
    [503, 'serving what was served before, and waiting for the API server\n', 200, 200],
    [503, 'waiting for the first rules\n', 200, 200],
    [200, 'ok\n', 200, 200],
    [503, 'stopping\n', 503, 200],
  ])
  t.end()
})

t.test('a family that this machine lacks is not told', t => {
  const { body } = healthAnswer('/healthz', well, { ...options, families: ['IPv6'] })
  t.match(JSON.parse(body), { status: { IPv6: { healthy: true } } })
  t.notMatch(body, 'IPv4')
  t.end()
})

t.test('elsewhere there is nothing', t => {
  for (const path of ['/', '/healthz/', '/metrics', ''])
    t.equal(healthAnswer(path, well, options).status, 404)
  t.end()
})
