import { type Health, isHealthy, type Readiness } from '../model/health.js'
import type { Family } from '../model/ip-address.js'
import type { Milliseconds } from '../model/milliseconds.js'
import type { Answer } from './bounded-server.js'

export interface HealthAnswerOptions {
  /** Those that are served here. */
  readonly families: readonly Family[]
  /** The wall clock's time. It is only told. */
  readonly now: Date
}

const json = (status: number, value: object): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
  body: JSON.stringify(value),
})

const text = (status: number, body: string): Answer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: `${body}\n`,
})

/** How kube-proxy, written in Go, tells that something never was. */
const never = '0001-01-01T00:00:00Z'

/** What kube-proxy says (pkg/proxy/healthcheck/proxy_health.go): `updated` is this moment while all is well. */
const told = (
  health: Health,
  { healthy, now, families }: HealthAnswerOptions & { readonly healthy: boolean },
): object => {
  const moment = (ago: Milliseconds | undefined): string =>
    ago === undefined ? never : new Date(now.getTime() - ago).toISOString()
  const status = families.map(family => {
    const { healthy, updated } = health.families[family]
    return [family, { lastUpdated: moment(updated), healthy }] as const
  })
  const last = status.map(([, { lastUpdated }]) => lastUpdated).sort()
  return {
    lastUpdated: healthy ? now.toISOString() : (last.at(-1) ?? never),
    currentTime: now.toISOString(),
    healthy,
    status: Object.fromEntries(status),
  }
}

/** What a proxy waits for that is not ready. */
export const whyUnready: Readonly<Record<Exclude<Readiness, 'ready'>, string>> = {
  'no lists yet': 'waiting for the API server',
  resumed: 'serving what was served before, and waiting for the API server',
  'no rules yet': 'waiting for the first rules',
  stopping: 'stopping',
}

/**
 * What is answered to somebody who asks how we are, by path. `/healthz`: whether load balancers should send clients here.
 * `/livez`: the same, whatever becomes of the node; a supervisor may start anew who is not. `/readyz`: whether all Services are
 * served already, and not for the last time. Elsewhere there is nothing.
 *
 * Like kube-proxy we are healthy while we wait for the API server: to be started anew would help nobody.
 */
export const healthAnswer = (path: string, health: Health, options: HealthAnswerOptions): Answer => {
  const { readiness, nodeEligible } = health
  switch (path) {
    case '/healthz': {
      // Who comes while we stop is served no more; but we live, until all connections have ended.
      const healthy = isHealthy(health) && nodeEligible && readiness !== 'stopping'
      return json(healthy ? 200 : 503, { ...told(health, { ...options, healthy }), nodeEligible })
    }
    case '/livez': {
      const healthy = isHealthy(health)
      return json(healthy ? 200 : 503, told(health, { ...options, healthy }))
    }
    case '/readyz':
      return readiness === 'ready' ? text(200, 'ok') : text(503, whyUnready[readiness])
    default:
      return text(404, 'there are /healthz, /livez and /readyz')
  }
}
