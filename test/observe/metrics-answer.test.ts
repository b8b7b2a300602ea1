import t from 'tap'
import { metricsAnswer } from '../../lib/observe/metrics-answer.js'

const ask = async (path: string, accept = ''): Promise<readonly unknown[]> => {
  const { status, headers, body } = await metricsAnswer(path, accept, {
    metrics: () =>
      Promise.resolve([{ name: 'a_total', type: 'counter', help: 'A.', samples: [{ value: 1 }] }]),
    configuration: () => ({ here: true }),
    health: asked => ({ status: 503, headers: { 'Content-Type': 'x' }, body: asked }),
  })
  return [status, headers['Content-Type'], body]
}

const plain = 'text/plain; charset=utf-8'
const paths = '/metrics\n/proxyMode\n/configz\n/healthz\n/livez\n/readyz\n'

t.test('who asks at the metrics port finds what kube-proxy has there', async t => {
  t.strictSame(await ask('/metrics'), [
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    '# HELP a_total A.\n# TYPE a_total counter\na_total 1\n',
  ])
  t.strictSame(await ask('/metrics', 'application/openmetrics-text;version=1.0.0'), [
    200,
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    '# HELP a A.\n# TYPE a counter\na_total 1\n# EOF\n',
  ])
  t.strictSame(await ask('/proxyMode'), [200, plain, 'userspace'])
  t.strictSame(await ask('/configz'), [200, 'application/json', '{"here":true}'])
  t.strictSame(await ask('/livez'), [503, 'x', '/livez'])
})

t.test('who knows no path is told them', async t => {
  t.strictSame(await ask('/'), [200, plain, paths])
  t.strictSame(await ask('/metric'), [404, plain, `there are\n${paths}`])
})
