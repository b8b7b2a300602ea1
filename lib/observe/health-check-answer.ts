import type { HealthCheck } from '../model/health-check.js'
import type { Answer } from './bounded-server.js'

/**
 * What a load balancer is told about a Service on this node: to the byte as kube-proxy does, whatever the path
 * (pkg/proxy/healthcheck/service_health.go).
 */
export const healthCheckAnswer = (
  { namespace, service, localEndpoints }: HealthCheck,
  { isHealthy }: { readonly isHealthy: boolean },
): Answer => ({
  status: localEndpoints > 0 && isHealthy ? 200 : 503,
  headers: {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    'X-Load-Balancing-Endpoint-Weight': String(localEndpoints),
  },
  body: JSON.stringify(
    { service: { namespace, name: service }, localEndpoints, serviceProxyHealthy: isHealthy },
    undefined,
    '\t',
  ),
})
