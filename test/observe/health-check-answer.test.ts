import t from 'tap'
import { port } from '../../lib/model/port.js'
import { healthCheckAnswer } from '../../lib/observe/health-check-answer.js'

const healthCheck = { namespace: 'shop', service: 'cart', port: port(32_000), localEndpoints: 2 }

// As `kube-proxy` prints it: with tabs, and without a line break at the end.
const body = `{
	"service": {
		"namespace": "shop",
		"name": "cart"
	},
	"localEndpoints": 2,
	"serviceProxyHealthy": true
}`

t.test('a load balancer is told what kube-proxy would tell it, to the byte', async t => {
  t.strictSame(healthCheckAnswer(healthCheck, { isHealthy: true }), {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': '2',
    },
    body,
  })
})

t.test('without endpoints on this node it is told to go elsewhere', async t => {
  const { status, headers, body } = healthCheckAnswer(
    { ...healthCheck, localEndpoints: 0 },
    { isHealthy: true },
  )
  t.equal(status, 503)
  t.match(headers, { 'X-Load-Balancing-Endpoint-Weight': '0' })
  t.match(JSON.parse(body), { localEndpoints: 0, serviceProxyHealthy: true })
})

t.test('so it is while the proxy does not do its work, whatever endpoints there are', async t => {
  const { status, headers, body } = healthCheckAnswer(healthCheck, { isHealthy: false })
  t.equal(status, 503)
  t.match(headers, { 'X-Load-Balancing-Endpoint-Weight': '2' })
  t.match(JSON.parse(body), { localEndpoints: 2, serviceProxyHealthy: false })
})
